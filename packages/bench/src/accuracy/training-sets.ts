import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '../kit/errors.ts';
import { readBytes } from '../kit/input-file.ts';
import { labelNames, readConcepts } from './concepts.ts';
import type { LabelledSet } from './labelled-set.ts';
import { readShard } from './shard.ts';

/** The validation shards that `figures.json` of lite and of nano was measured on, by set. */
const VALIDATION_SHARDS: Readonly<Record<string, string>> = {
  cifar10: 'cifar10-test',
  'tiny-imagenet': 'tiny-imagenet-val',
  caltech101: 'caltech101-val',
  scenes: 'scenes-test',
};

const shardFile = (folder: string, shard: string): string => join(folder, `${shard}.bin`);

/** Whether a folder has shards, not folders of images. */
export const hasShards = (folder: string): boolean =>
  Object.values(VALIDATION_SHARDS).some((shard) => existsSync(shardFile(folder, shard)));

/**
 * The validation sets of lite's and nano's training data, as far as the folder has them.
 *
 * @throws BenchError CASE_INVALID for a malformed shard.
 */
export async function readTrainingSets(folder: string): Promise<readonly LabelledSet[]> {
  const concepts = await readConcepts();
  const sets: LabelledSet[] = [];
  for (const [name, shard] of Object.entries(VALIDATION_SHARDS)) {
    const file = shardFile(folder, shard);
    if (!existsSync(file)) continue;
    const names = labelNames(concepts, name);
    const images = readShard(file, await readBytes(file));
    const stray = images.find(({ label }) => label >= names.length);
    if (stray !== undefined) {
      const expected = `expected labels below ${names.length}`;
      throw new BenchError('CASE_INVALID', `${file}: ${expected}, got ${stray.label}`);
    }
    sets.push({
      name,
      names,
      images: images.map(({ label, bytes }) => ({ label, read: async () => bytes })),
    });
  }
  return sets;
}
