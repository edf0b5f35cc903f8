/** Copies between the engines, begun, broken off and gone on with. */
import { expect, test } from 'vitest';
import { ownerOf, SHARED } from '../access/owner.ts';
import { copyCollections } from './copy-collections.ts';
import type { NewItem } from './item.ts';
import type { CollectionStore } from './store.ts';
import { OF_NO_FILE, OTHER_SPACE, SPACE, sample, vectorOf } from './testing/samples.ts';
import { STORES } from './testing/stores.ts';

const [sqlite, postgres] = STORES;
const COUNT = 300;

const items = Array.from({ length: COUNT }, (_, i) => ({
  ...sample(`k${String(i).padStart(3, '0')}`, i, {
    n: i,
    tags: ['a', `t${i % 3}`],
    when: '2024-05-17',
  }),
  ...(i % 2 === 0 ? { thumbnail: Uint8Array.of(i % 256) } : {}),
  ...(i % 5 === 0 ? OF_NO_FILE : {}),
}));

async function all(store: CollectionStore, owner = SHARED): Promise<readonly NewItem[]> {
  const found: NewItem[] = [];
  for await (const chunk of store.stored(await store.find(owner, 'photos'))) found.push(...chunk);
  return found;
}

test.each([
  ['from SQLite to PostgreSQL', sqlite!, postgres!],
  ['from PostgreSQL to SQLite', postgres!, sqlite!],
])('%s all comes over, once, also after a break', async (_, [, openFrom], [, openTo]) => {
  const [from, to] = [await openFrom(), await openTo()];
  const photos = await from.store.create(SHARED, 'photos', SPACE);
  await from.store.upsert(photos, items);
  const ada = ownerOf('ada');
  const hers = await from.store.create(ada, 'photos', OTHER_SPACE);
  await from.store.upsert(hers, [{ ...sample('one'), embedding: vectorOf(1, 4) }]);

  let begun = 0;
  for await (const { written } of copyCollections(from.store, to.store)) {
    begun = written;
    if (begun > 0) break;
  }
  expect(begun).toBeLessThan(COUNT);
  // What was changed there meanwhile is made as it is here; what is there alone stays.
  const there = await to.store.find(SHARED, 'photos');
  await to.store.setMetadata(there, [{ key: 'k001', metadata: { n: -1 } }]);
  const written = new Map<number, number>();
  for await (const { collection, written: count } of copyCollections(from.store, to.store)) {
    written.set(collection.id, count);
  }
  expect([...written.values()]).toEqual([COUNT - begun + 1, 1]);
  expect(await all(to.store)).toEqual(await all(from.store));
  expect(await all(to.store)).toEqual(items);
  expect((await to.store.find(SHARED, 'photos')).fields).toEqual(
    (await from.store.find(SHARED, 'photos')).fields,
  );
  expect(await all(to.store, ada)).toEqual(await all(from.store, ada));

  for await (const { written: again } of copyCollections(from.store, to.store, ['photos'])) {
    expect(again).toBe(0);
  }
  for (const opened of [from, to]) await opened.close();
});

test('a collection of another model is refused, and a name that nobody has', async () => {
  const [from, to] = [await sqlite![1](), await postgres![1]()];
  await from.store.create(SHARED, 'photos', SPACE);
  await to.store.create(SHARED, 'photos', OTHER_SPACE);
  await expect(copyCollections(from.store, to.store).next()).rejects.toMatchObject({
    code: 'COLLECTION_MODEL_MISMATCH',
  });
  await expect(copyCollections(from.store, to.store, ['birds']).next()).rejects.toMatchObject({
    code: 'UNKNOWN_COLLECTION',
    message: expect.stringContaining('known: photos'),
  });
  for (const opened of [from, to]) await opened.close();
});
