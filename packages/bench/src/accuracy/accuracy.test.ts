import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REFERENCE } from '../kit/folders.ts';
import { readClassFolders } from './class-folders.ts';
import { mergeEqualNames, spread } from './labelled-set.ts';
import { runAccuracy } from './run-accuracy.ts';
import { readShard } from './shard.ts';

const IMAGE = join(REFERENCE, 'preprocess', 'in', 'exact-224x224.png');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-accuracy-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A shard as models/nano/training/data.py reads it. */
function shardOf(images: readonly { label: number; bytes: Uint8Array }[]): Buffer {
  const head = Buffer.alloc(4 + 6 * images.length);
  head.writeUInt32LE(images.length);
  images.forEach(({ label, bytes }, i) => {
    head.writeUInt32LE(bytes.length, 4 + 4 * i);
    head.writeUInt16LE(label, 4 + 4 * images.length + 2 * i);
  });
  return Buffer.concat([head, ...images.map(({ bytes }) => bytes)]);
}

describe('readShard', () => {
  test('gives each image its bytes and its label', () => {
    const images = [
      { label: 7, bytes: Uint8Array.of(1, 2, 3) },
      { label: 300, bytes: Uint8Array.of(4) },
    ];
    const read = readShard('shard.bin', shardOf(images));
    expect(read.map(({ label, bytes }) => ({ label, bytes: Uint8Array.from(bytes) }))).toEqual(
      images,
    );
  });

  test.each([
    ['an empty file', new Uint8Array()],
    ['a count beyond the file', Uint8Array.of(255, 255, 0, 0)],
    ['an image past the end', shardOf([{ label: 0, bytes: Uint8Array.of(1, 2) }]).subarray(0, 11)],
  ])('refuses %s', (_, bytes) => {
    expect(() => readShard('shard.bin', bytes)).toThrow(/^shard.bin: /);
  });
});

test('labels that share a name are one answer', () => {
  expect(mergeEqualNames(['cougar', 'face', 'cougar'])).toEqual({
    distinct: ['cougar', 'face'],
    positions: [0, 1, 0],
  });
});

test('a limit takes images from the whole set, not from its beginning', () => {
  expect(spread([0, 1, 2, 3, 4, 5, 6, 7], 4)).toEqual([0, 2, 4, 6]);
  expect(spread([0, 1, 2], 9)).toEqual([0, 1, 2]);
});

describe('bench accuracy', () => {
  const request = { model: 'nano', backend: 'wasm', limit: undefined } as const;

  test('takes the labels from the names of folders, and ranks them by cosine', async () => {
    const data = join(folder, 'classes');
    for (const name of ['sports_car', 'dog']) {
      await mkdir(join(data, name), { recursive: true });
      await copyFile(IMAGE, join(data, name, 'image.png'));
      await writeFile(join(data, name, 'notes.txt'), 'not an image');
    }
    expect((await readClassFolders(data)).names).toEqual(['dog', 'sports car']);
    const { rows } = await runAccuracy({ ...request, data, precisions: ['f32', 'int8'] }, () => {});
    // The same image under both labels: one of them is nearer.
    expect(rows.map(({ precision, top1, top5 }) => ({ precision, top1, top5 }))).toEqual([
      { precision: 'f32', top1: 0.5, top5: 1 },
      { precision: 'int8', top1: 0.5, top5: 1 },
    ]);
  });

  test('names the labels of the shards as figures.json does', async () => {
    const data = join(folder, 'shards');
    await mkdir(data);
    const bytes = await readFile(IMAGE);
    await writeFile(join(data, 'scenes-test.bin'), shardOf([{ label: 1, bytes }]));
    await writeFile(join(data, 'caltech101-val.bin'), shardOf([{ label: 100, bytes }]));
    const { rows } = await runAccuracy({ ...request, data, precisions: ['int8'] }, () => {});
    expect(rows.map(({ set, labels, images }) => [set, labels, images])).toEqual([
      ['caltech101', 96, 1],
      ['scenes', 6, 1],
      ['together', 102, 2],
    ]);
  });

  test('says when a label is not of the set', async () => {
    const data = join(folder, 'stray');
    await mkdir(data);
    const shard = shardOf([{ label: 6, bytes: await readFile(IMAGE) }]);
    await writeFile(join(data, 'scenes-test.bin'), shard);
    await expect(
      runAccuracy({ ...request, data, precisions: ['f32'] }, () => {}),
    ).rejects.toMatchObject({ code: 'CASE_INVALID' });
  });
});
