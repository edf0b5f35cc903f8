import { downloadBytes, memoryBytes } from './requirements.ts';
import type { ZooModel } from './zoo.ts';

/** What is said of a model wherever the zoo is listed. */
export interface ZooFacts {
  readonly tasks: string;
  readonly languages: string;
  readonly licence: string;
  readonly download: string;
  /** In float32 and in int8. */
  readonly memory: string;
  readonly accuracy: string;
}

export function zooFacts(model: ZooModel): ZooFacts {
  const { tasks, languages, licence, imagenet, files } = model;
  const isKnown = files.at(-1)!.bytes !== undefined;
  return {
    tasks: tasks.join(', '),
    languages: languages.map((code) => (code === 'mul' ? 'many' : code)).join(', '),
    licence: licence === undefined ? 'not stated' : licenceText(licence),
    download: `${isKnown ? '' : 'about '}${megabytes(downloadBytes(model))}`,
    memory: `${megabytes(memoryBytes(model, 'f32'))} / ${megabytes(memoryBytes(model, 'int8'))}`,
    accuracy: imagenet === undefined ? '?' : `${imagenet.top1.toFixed(1)} %`,
  };
}

const licenceText = ({ name, commercial }: NonNullable<ZooModel['licence']>): string =>
  commercial ? name : `${name} (non-commercial)`;

/** For people: 605 MB. */
export function megabytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(0)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
