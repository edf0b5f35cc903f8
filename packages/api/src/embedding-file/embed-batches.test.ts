import type { PixelTensor } from '@clipql/core';
import { expect, test } from 'vitest';
import { embedBatches } from './embed-batches.ts';

const pixels: PixelTensor = { size: 1, data: new Float32Array(3) };
const versions = (...files: readonly string[]) =>
  files.map((file) => ({ file, bytes: 1, modified: 1 }));

test('the next batch is decoded while the model is busy with the one before', async () => {
  const files = ['a', 'b', 'c', 'd', 'e'];
  const prepared = new Map(files.map((file) => [file, Promise.withResolvers<void>()]));
  /** The last image of the batch behind each batch. */
  const lastOfNext = ['d', 'e'];
  const batches = embedBatches(
    versions(...files),
    {
      atOnce: 1,
      prepare: async (file) => {
        prepared.get(file)!.resolve();
        return pixels;
      },
      // Were the next batch prepared only after this, neither would ever end.
      encode: async (batch) => {
        await prepared.get(lastOfNext.shift() ?? 'e')!.promise;
        return batch.map(() => new Float32Array(2));
      },
    },
    2,
  );
  const embedded: string[] = [];
  for await (const batch of batches) embedded.push(...batch.map(({ file }) => file));
  expect(embedded).toEqual(files);
});

test('a batch without one good image does not go to the model', async () => {
  const rows = embedBatches(
    versions('a', 'b', 'c'),
    {
      atOnce: 2,
      prepare: async (file) => {
        if (file < 'c') throw new Error('bad');
        return pixels;
      },
      encode: async (batch) => {
        expect(batch).toHaveLength(1);
        return [Float32Array.of(1)];
      },
    },
    2,
  );
  const batches = [];
  for await (const batch of rows) batches.push(batch);
  const error = { code: 'INTERNAL', message: 'bad' };
  expect(batches).toEqual([
    [
      { file: 'a', bytes: 1, modified: 1, error },
      { file: 'b', bytes: 1, modified: 1, error },
    ],
    [{ file: 'c', bytes: 1, modified: 1, embedding: Float32Array.of(1) }],
  ]);
});

test('so many files are prepared at a time, and no more than two batches ahead of the model', async () => {
  const files = Array.from({ length: 40 }, (_, i) => `${i}`);
  let underWay = 0;
  let most = 0;
  let begun = 0;
  let taken = 0;
  const rows = embedBatches(
    versions(...files),
    {
      atOnce: 3,
      prepare: async () => {
        begun += 1;
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        return pixels;
      },
      encode: async (batch) => {
        for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve));
        taken += batch.length;
        expect(begun).toBe(Math.min(files.length, taken + 8));
        return batch.map(() => Float32Array.of(1));
      },
    },
    4,
  );
  let count = 0;
  for await (const batch of rows) count += batch.length;
  expect({ count, most }).toEqual({ count: 40, most: 3 });
});
