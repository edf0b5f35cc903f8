/** Collections of a size that tells threads and gaps apart. */
import { FlatIndex } from '@clipql/core';
import { expect, test } from 'vitest';
import { SHARED } from '../access/owner.ts';
import { LiveIndexes } from './live-indexes.ts';
import { SPACE, sample, vectorOf } from './testing/samples.ts';
import { STORES } from './testing/stores.ts';

const ROWS = 40_000;
const BATCH = 2_000;

test('an index that has outgrown its thread is made anew, and one with many gaps is compacted', async () => {
  const opened = await STORES[0]![1]();
  const { store } = opened;
  // As it was found when it was empty, which callers may hold on to.
  const photos = await store.create(SHARED, 'photos', SPACE);
  const indexes = new LiveIndexes(store, { maxBytes: 2 ** 30 });
  const look = () =>
    indexes.use(photos, async (index) => {
      const [hits] = await index.search(vectorOf(4), { k: 1 });
      return { threads: index.threads, size: index.size, best: hits?.scores[0] };
    });
  expect(await look()).toEqual({ threads: 1, size: 0, best: undefined });
  for (let i = 0; i < ROWS; i += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, j) => sample(`k${i + j}`, i + j));
    await store.upsert(photos, batch);
  }
  expect(await look()).toEqual({ threads: 1, size: ROWS, best: 1 });
  const unset = await FlatIndex.create({ dimensions: SPACE.dimensions });
  const { threads } = unset;
  unset.dispose();
  expect(await look()).toEqual({ threads, size: ROWS, best: 1 });
  for (let i = 0; i < ROWS / 2; i += BATCH) {
    const keys = Array.from({ length: BATCH }, (_, j) => `k${i + j}`);
    await store.remove(photos, keys);
  }
  for (let round = 0; round < 3; round++) {
    expect(await look()).toEqual({ threads, size: ROWS / 2, best: 1 });
  }
  await indexes.dispose();
  await opened.close();
});
