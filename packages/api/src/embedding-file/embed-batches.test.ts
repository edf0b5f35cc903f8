import type { PixelTensor } from '@clipql/core';
import { expect, test } from 'vitest';
import { embedBatches } from './embed-batches.ts';

const pixels: PixelTensor = { size: 1, data: new Float32Array(3) };

test('the next batch is decoded while the model is busy with the one before', async () => {
  const files = ['a', 'b', 'c', 'd', 'e'];
  const prepared = new Map(files.map((file) => [file, Promise.withResolvers<void>()]));
  /** The last image of the batch behind each batch. */
  const lastOfNext = ['d', 'e'];
  const batches = embedBatches(
    files,
    {
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
    ['a', 'b', 'c'],
    {
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
      { file: 'a', error },
      { file: 'b', error },
    ],
    [{ file: 'c', embedding: Float32Array.of(1) }],
  ]);
});
