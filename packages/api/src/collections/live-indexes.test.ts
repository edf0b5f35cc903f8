import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { SHARED } from '../access/owner.ts';
import type { Collection } from './collection.ts';
import { LiveIndexes, type LoadProgress } from './live-indexes.ts';
import type { CollectionStore } from './store.ts';
import { OTHER_SPACE, SPACE, sample, vectorOf } from './testing/samples.ts';
import { STORES, type TestStore } from './testing/stores.ts';

const PLENTY = { maxBytes: 2 ** 30 };

let opened: TestStore;
let store: CollectionStore;

beforeAll(async () => {
  opened = await STORES[0]![1]();
  store = opened.store;
});

afterAll(() => opened.close());

/** @param count items, one for each axis and direction. */
async function filled(name: string, count: number): Promise<Collection> {
  const collection = await store.create(SHARED, name, SPACE);
  await store.upsert(
    collection,
    Array.from({ length: count }, (_, i) => sample(`${name}${i}`, i)),
  );
  return store.find(SHARED, name);
}

/** The key of the item whose vector is nearest to that of a number. */
async function nearest(indexes: LiveIndexes, collection: Collection, number: number) {
  const { dimensions } = collection.space;
  return indexes.use(collection, async (index) => {
    const [hits] = await index.search(vectorOf(number, dimensions), { k: 1 });
    expect(hits!.scores[0]).toBe(1);
    const [item] = await store.itemsOfRows(collection, hits!.rows);
    return item!.key;
  });
}

test('a search sees all that any process has written before', async () => {
  const photos = await filled('photos', 3);
  const indexes = new LiveIndexes(store, PLENTY);
  expect(await nearest(indexes, photos, 1)).toBe('photos1');
  const other = await opened.another();
  await other.upsert(photos, [sample('new', 6)]);
  await other.remove(photos, ['photos1']);
  await other.upsert(photos, [sample('photos2', 1)]);
  expect(await nearest(indexes, photos, 6)).toBe('new');
  expect(await nearest(indexes, photos, 1)).toBe('photos2');
  await indexes.dispose();
});

test('searches at the same time share the catching up, and none misses what was written before it', async () => {
  const busy = await filled('busy', 1);
  const indexes = new LiveIndexes(store, PLENTY);
  const rounds = Array.from({ length: 30 }, async (_, round) => {
    const key = `round${round}`;
    await store.upsert(busy, [sample(key, round)]);
    const [item] = await store.items(busy, [key]);
    return indexes.use(busy, async (index) => {
      const scores = await index.scores(vectorOf(round));
      return scores.get(item!.row);
    });
  });
  for (const score of await Promise.all(rounds)) expect(score).toBeCloseTo(1, 2);
  await indexes.dispose();
});

test('loading at the start says how far it is, and takes in what it has room for', async () => {
  const indexes = new LiveIndexes(store, PLENTY);
  const progress: (LoadProgress | undefined)[] = [];
  const { changes } = store;
  const read = vi.spyOn(store, 'changes').mockImplementation((...query) => {
    progress.push(indexes.loading);
    return changes.call(store, ...query);
  });
  await indexes.load();
  read.mockRestore();
  const collections = await store.listAll();
  const total = collections.reduce((sum, { items }) => sum + items, 0);
  // As each of them is begun, those before it are there.
  let rows = 0;
  const before = collections.map(({ items }) => {
    const one = { rows, of: total };
    rows += items;
    return one;
  });
  expect(progress).toEqual(before);
  expect(indexes.loading).toBeUndefined();
  expect(indexes.bytes).toBeGreaterThan(total * SPACE.dimensions);
  await indexes.dispose();

  const none = new LiveIndexes(store, { maxBytes: 0 });
  await none.load();
  expect(none.bytes).toBe(0);
});

test('what was not used for longest gives way, and nothing that is in use', async () => {
  const [one, two, three] = [
    await filled('one', 8),
    await filled('two', 8),
    await filled('three', 8),
  ];
  const first = new LiveIndexes(store, PLENTY);
  await nearest(first, one, 1);
  const { bytes } = first;
  await first.dispose();
  const indexes = new LiveIndexes(store, { maxBytes: 2 * bytes });
  const held = Promise.withResolvers<void>();
  const using = indexes.use(one, async (index) => {
    await held.promise;
    return (await index.search(vectorOf(5), { k: 1 }))[0]!.scores[0];
  });
  for (const collection of [two, three, two, three]) {
    expect(await nearest(indexes, collection, 3)).toBe(`${collection.name}3`);
    expect(indexes.bytes).toBeLessThanOrEqual(2 * bytes);
  }
  held.resolve();
  expect(await using).toBe(1);
  await indexes.dispose();
});

test('a collection that no memory is enough for is refused, and others are not', async () => {
  const large = await filled('large', 100);
  const small = await filled('small', 1);
  const indexes = new LiveIndexes(store, { maxBytes: 100 });
  await expect(nearest(indexes, large, 1)).rejects.toMatchObject({
    code: 'COLLECTION_TOO_LARGE',
    message: expect.stringMatching(/--index-memory, of 100 bytes, got large, whose has 2,400$/),
  });
  expect(await nearest(indexes, small, 0)).toBe('small0');
  await indexes.dispose();
});

test('a collection that moves to another space is searched there from then on', async () => {
  const moving = await filled('moving', 2);
  const indexes = new LiveIndexes(store, PLENTY);
  await nearest(indexes, moving, 0);
  await store.beginReembedding(moving, OTHER_SPACE);
  const items = await store.notReembedded(moving, 10);
  await store.setNextVectors(
    moving,
    OTHER_SPACE,
    items.map(({ row, key }) => ({ row, embedding: vectorOf(key === 'moving0' ? 3 : 2, 4) })),
  );
  expect(await nearest(indexes, moving, 0)).toBe('moving0');
  const moved = await store.finishReembedding(moving);
  await expect(nearest(indexes, moving, 0)).rejects.toMatchObject({
    code: 'COLLECTION_MODEL_MISMATCH',
  });
  expect(await nearest(indexes, moved!, 3)).toBe('moving0');
  await store.drop(SHARED, 'moving');
  await expect(nearest(indexes, moved!, 3)).rejects.toMatchObject({ code: 'UNKNOWN_COLLECTION' });
  expect(indexes.bytes).toBe(0);
  await indexes.dispose();
});
