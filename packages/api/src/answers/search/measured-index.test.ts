import { afterAll, beforeAll, expect, test } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import { allLevels } from '../../collections/all-levels.ts';
import { LiveIndexes } from '../../collections/live-indexes.ts';
import { SPACE, sample, vectorOf } from '../../collections/testing/samples.ts';
import { STORES, type TestStore } from '../../collections/testing/stores.ts';
import { BACKGROUND } from './background-of.ts';
import { measuresOf } from './measured-index.ts';

const background = { prompts: [vectorOf(0), vectorOf(1)], logitScale: 10 };

let opened: TestStore;
beforeAll(async () => {
  opened = await STORES[0]![1]();
});
afterAll(() => opened.close());

test('levels of rows that are gone are forgotten once they are most, in memory and in the store', async () => {
  const { store } = opened;
  const photos = await store.create(SHARED, 'photos', SPACE);
  const indexes = new LiveIndexes(store, { maxBytes: 2 ** 24 });
  const levels = () =>
    indexes.use(photos, async (index) => {
      const { levels } = await measuresOf(index, background, store, photos);
      return [...levels.rows].map((row, i) => [row, levels.values[i]]);
    });
  const stored = async () => {
    const { rows, values } = await allLevels(store, photos, BACKGROUND);
    return [...rows].map((row, i) => [row, values[i]]);
  };
  const items = Array.from({ length: 4_500 }, (_, i) => sample(`k${i}`, i));
  await store.upsert(photos, items);
  const first = await levels();
  expect(first).toHaveLength(items.length);
  await expect.poll(stored).toEqual(first);

  await store.remove(
    photos,
    items.slice(10).map(({ key }) => key),
  );
  await store.upsert(photos, [sample('new', 3)]);
  const left = await levels();
  expect(left.slice(0, 10)).toEqual(first.slice(0, 10));
  expect(left).toHaveLength(11);
  await expect.poll(stored).toEqual(left);
  await indexes.dispose();
});
