import type { CachedModel } from '@clipql/core/node';
import type { MachineSpeed } from '../models/probe-speed.ts';
import type { ZooModel } from '../models/zoo.ts';
import { megabytes, zooFacts } from '../models/zoo-facts.ts';
import { textTable } from './text-table.ts';

/** A model, and what it takes on this machine. */
export interface ListedModel {
  readonly model: ZooModel;
  /** For one image, an estimate. */
  readonly milliseconds: MachineSpeed;
  readonly cached: CachedModel | undefined;
}

const HEADINGS = [
  'model',
  'for',
  'languages',
  'licence',
  'download',
  'memory f32 / int8',
  'ms here f32 / int8',
  'ImageNet',
  'on disk',
];

/** A line a model, and where the accuracies are from. */
export function modelsTable(listed: readonly ListedModel[]): string {
  const sources = [...new Set(listed.flatMap(({ model: { imagenet } }) => imagenet?.source ?? []))];
  const rows = listed.map((one) => cells(one, sources));
  const notes = sources.map((source, i) => `[${i + 1}] ${source}\n`).join('');
  return `${textTable([HEADINGS, ...rows])}\nImageNet: zero-shot top-1 as published; ms: an estimate for one image\n${notes}`;
}

function cells(
  { model, milliseconds: { f32, int8 }, cached }: ListedModel,
  sources: readonly string[],
): string[] {
  const { tasks, languages, licence, download, memory, accuracy } = zooFacts(model);
  const source = model.imagenet ? ` [${sources.indexOf(model.imagenet.source) + 1}]` : '';
  return [
    model.id,
    tasks,
    languages,
    licence,
    download,
    memory,
    `~${rounded(f32)} / ~${rounded(int8)}`,
    `${accuracy}${source}`,
    cached === undefined ? '-' : megabytes(cached.bytes),
  ];
}

/** Two digits: an estimate has no more. */
const rounded = (milliseconds: number): string => String(Number(milliseconds.toPrecision(2)));
