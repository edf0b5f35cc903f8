import type { Background } from '@clipql/core';
import { expect, test, vi } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import type { Collection } from '../../collections/collection.ts';
import type { VectorSearch } from '../../collections/vector-search.ts';
import { sampleOf } from './collection-sample.ts';
import { randomDirection } from './testing/photo-library.ts';

const DIMENSIONS = 512;
const vectors = Array.from({ length: 4 }, (_, row) => ({
  row,
  vector: randomDirection(row, DIMENSIONS),
}));
const background: Background = {
  prompts: [randomDirection(8, DIMENSIONS), randomDirection(9, DIMENSIONS)],
  logitScale: 100,
};
const collectionOf = (id: number, items: number): Collection => ({
  ...{ id, owner: SHARED, name: `c${id}`, items, fields: new Map(), createdAt: new Date(0) },
  space: { hash: 'a'.repeat(64), model: 'made-up', dimensions: DIMENSIONS },
  reembedding: undefined,
});

test('samples of the last 8 collections of 512 numbers are kept, until their items are others', async () => {
  const sample = vi.fn(async () => vectors);
  const engine = { sample } as unknown as VectorSearch;
  const search = async (id: number, items = 1_000) => {
    sample.mockClear();
    await sampleOf(engine, background, collectionOf(id, items));
    return sample.mock.calls.length;
  };
  const ids = Array.from({ length: 8 }, (_, i) => i);
  for (const id of ids) expect(await search(id)).toBe(1);
  for (const id of ids) expect(await search(id)).toBe(0);
  expect([await search(3, 1_050), await search(3, 1_200)]).toEqual([0, 1]);
  expect([await search(8), await search(0)]).toEqual([1, 1]);
});
