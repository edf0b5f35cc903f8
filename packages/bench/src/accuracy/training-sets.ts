import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '../kit/errors.ts';
import { readBytes } from '../kit/input-file.ts';
import { labelNames, readConcepts } from './concepts.ts';
import type { LabelledImage, LabelledSet } from './labelled-set.ts';
import { readShard } from './shard.ts';

/** A set's images to learn from, and those that a model is measured on. */
export type Split = 'train' | 'validation';

/** The shards of each set; `figures.json` of lite and of nano was measured on those of validation. */
const SHARDS: Readonly<Record<string, Readonly<Record<Split, readonly string[]>>>> = {
  cifar10: { train: ['cifar10-train'], validation: ['cifar10-test'] },
  'tiny-imagenet': {
    train: ['tiny-imagenet-train-0', 'tiny-imagenet-train-1', 'tiny-imagenet-train-2'],
    validation: ['tiny-imagenet-val'],
  },
  caltech101: { train: ['caltech101-train'], validation: ['caltech101-val'] },
  scenes: { train: ['scenes-train'], validation: ['scenes-test'] },
};

const shardFile = (folder: string, shard: string): string => join(folder, `${shard}.bin`);

/** Whether a folder has shards, not folders of images. */
export const hasShards = (folder: string): boolean =>
  Object.values(SHARDS).some(({ validation }) => hasAll(folder, validation));

/**
 * The sets of lite's and nano's training data, as far as the folder has them.
 *
 * @throws BenchError CASE_INVALID for a malformed shard.
 */
export async function readTrainingSets(
  folder: string,
  split: Split = 'validation',
): Promise<readonly LabelledSet[]> {
  const concepts = await readConcepts();
  const sets: LabelledSet[] = [];
  for (const [name, shards] of Object.entries(SHARDS)) {
    if (!hasAll(folder, shards[split])) continue;
    const names = labelNames(concepts, name);
    const images: LabelledImage[] = [];
    for (const shard of shards[split]) {
      images.push(...(await readImages(shardFile(folder, shard), names.length)));
    }
    sets.push({ name, names, images });
  }
  return sets;
}

const hasAll = (folder: string, shards: readonly string[]): boolean =>
  shards.every((shard) => existsSync(shardFile(folder, shard)));

async function readImages(file: string, labels: number): Promise<LabelledImage[]> {
  const images = readShard(file, await readBytes(file));
  const stray = images.find(({ label }) => label >= labels);
  if (stray !== undefined) {
    const expected = `expected labels below ${labels}`;
    throw new BenchError('CASE_INVALID', `${file}: ${expected}, got ${stray.label}`);
  }
  return images.map(({ label, bytes }) => ({ label, read: async () => bytes }));
}
