import { join } from 'node:path';
import { type Clip, loadClip, type Precision } from '@clipql/core';
import { readBytes } from '../kit/input-file.ts';
import { describeMachine } from '../kit/machine.ts';
import { benchModel } from '../kit/models/bench-model.ts';
import type {
  PhotographAnswer,
  PhotographRow,
  PhotographsReport,
} from '../kit/reports/photographs-report.ts';
import { readPhotographList } from './photograph-list.ts';
import { readQtResource } from './qt-resource.ts';

export interface PhotographsRequest {
  /** File of the list. */
  readonly list: string;
  /** Folder with a folder of each unpacked package, under its name. */
  readonly packages: string;
  /** Each as `benchModel` takes it. */
  readonly models: readonly string[];
  readonly precision: Precision;
}

/**
 * Asks models what photographs of published packages show, as a request with these labels would.
 *
 * @throws BenchError for a list or photograph that cannot be read, ClipError for one that cannot be
 *   decoded.
 */
export async function runPhotographs(
  { list, packages: folder, models, precision }: PhotographsRequest,
  progress: (line: string) => void,
): Promise<PhotographsReport> {
  const machine = describeMachine();
  const { labels, packages } = await readPhotographList(list);
  const loaded: { name: string; clip: Clip }[] = [];
  try {
    for (const model of models) {
      const { name, files } = await benchModel(model);
      loaded.push({ name, clip: await loadClip(files, { precision }) });
    }
    const photographs: PhotographRow[] = [];
    for (const { registry, name, version, photographs: ofPackage } of packages) {
      progress(`${name}: ${ofPackage.length} photographs`);
      const images: Uint8Array[] = [];
      for (const { file } of ofPackage) images.push(await readPhotograph(join(folder, name), file));
      const answers: PhotographAnswer[][] = images.map(() => []);
      for (const { name: model, clip } of loaded) {
        const classified = await clip.classify(images, labels);
        classified.forEach(({ best: { label, probability = null } }, i) => {
          answers[i]!.push({ model, label, probability });
        });
      }
      const source = `${registry} ${name} ${version}`;
      ofPackage.forEach((photograph, i) => {
        photographs.push({ package: source, ...photograph, answers: answers[i]! });
      });
    }
    return { machine, precision, labels, models: loaded.map(({ name }) => name), photographs };
  } finally {
    for (const { clip } of loaded) clip.dispose();
  }
}

const RESOURCE = '.rcc';

async function readPhotograph(folder: string, file: string): Promise<Uint8Array> {
  const end = file.indexOf(`${RESOURCE}/`);
  if (end < 0) return readBytes(join(folder, file));
  const resource = join(folder, file.slice(0, end + RESOURCE.length));
  return readQtResource(resource, await readBytes(resource), file.slice(end + RESOURCE.length + 1));
}
