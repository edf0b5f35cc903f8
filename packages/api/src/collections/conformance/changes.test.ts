/** What an index hears, and how a collection moves to another space. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Owner, ownerOf } from '../../access/owner.ts';
import type { Collection } from '../collection.ts';
import { floatsOf } from '../halves.ts';
import type { CollectionStore } from '../store.ts';
import { OTHER_SPACE, SPACE, sample, vectorOf } from '../testing/samples.ts';
import { STORES, type TestStore } from '../testing/stores.ts';

/** The plainest index: vectors by row. */
class Rows {
  readonly vectors = new Map<number, string>();
  seq = 0;

  async catchUp(store: CollectionStore, collection: Collection): Promise<void> {
    const { dimensions } = collection.space;
    for await (const { rows, vectors, removed, seq } of store.changes(collection, this.seq)) {
      for (const row of removed ?? []) this.vectors.delete(row);
      for (const [i, row] of rows.entries()) {
        expect(row).toBeGreaterThan(this.seq);
        this.vectors.set(
          row,
          text(floatsOf(vectors).subarray(i * dimensions, (i + 1) * dimensions)),
        );
      }
      this.seq = seq;
    }
  }
}

const text = (vector: ArrayLike<number>): string => Array.from(vector).join();

describe.each(STORES)('%s', (_, open) => {
  let opened: TestStore;
  let store: CollectionStore;
  let photos: Collection;
  let owner: Owner;
  beforeAll(async () => {
    opened = await open();
    store = opened.store;
  });
  afterAll(() => opened.close());
  beforeEach(async ({ task }) => {
    owner = ownerOf(task.name);
    photos = await store.create(owner, 'photos', SPACE);
  });

  /** All vectors, from the items themselves. */
  const truth = async (keys: readonly string[], collection = photos) => {
    const rows = (await store.items(collection, keys)).flatMap((item) => item?.row ?? []);
    const vectors = await store.vectors(collection, rows);
    return new Map(rows.map((row, i) => [row, text(vectors[i]!)]));
  };

  test('an index that catches up has what one that begins anew has', async () => {
    const old = new Rows();
    const keys = Array.from({ length: 40 }, (_, i) => `k${i}`);
    for (let round = 0; round < 12; round++) {
      const batch = keys.filter((_, i) => (i * 7 + round) % 5 === 0);
      await store.upsert(
        photos,
        batch.map((key, i) => sample(key, i + round)),
      );
      await store.remove(
        photos,
        keys.filter((_, i) => (i * 3 + round) % 11 === 0),
      );
      if (round % 3 === 1) continue;
      await old.catchUp(store, photos);
      const fresh = new Rows();
      await fresh.catchUp(store, photos);
      expect(fresh.vectors).toEqual(await truth(keys));
      expect(old.vectors).toEqual(fresh.vectors);
      expect(old.seq).toBe(fresh.seq);
    }
  });

  test('more than a batch of changes comes in several, also while others write', async () => {
    const keys = Array.from({ length: 5_000 }, (_, i) => `k${i}`);
    await store.upsert(
      photos,
      keys.map((key, i) => sample(key, i)),
    );
    const index = new Rows();
    let batches = 0;
    for await (const { rows, vectors, removed, seq } of store.changes(photos, 0)) {
      batches += 1;
      for (const row of removed ?? []) index.vectors.delete(row);
      const values = floatsOf(vectors);
      for (const [i, row] of rows.entries()) {
        index.vectors.set(row, text(values.subarray(8 * i, 8 * i + 8)));
      }
      index.seq = seq;
      // One of each: already heard of, and not yet.
      if (batches === 1) await store.remove(photos, ['k0', 'k4999']);
      if (batches === 1) await store.upsert(photos, [sample('k1', 3), sample('k4998', 1)]);
    }
    expect(batches).toBeGreaterThan(1);
    await index.catchUp(store, photos);
    expect(index.vectors).toEqual(await truth(keys));
  });

  test('a collection moves to another space when all its items have a vector there', async () => {
    await store.upsert(photos, [sample('a'), sample('b', 1), sample('c', 2)]);
    const under = await store.beginReembedding(photos, OTHER_SPACE);
    expect(under).toMatchObject({ space: SPACE, reembedding: { space: OTHER_SPACE, done: 0 } });
    const pending = async () => (await store.notReembedded(photos, 10)).map(({ key }) => key);
    const embed = async (keys: readonly string[]) => {
      const items = await store.items(photos, keys);
      await store.setNextVectors(
        photos,
        OTHER_SPACE,
        items.map((item, i) => ({ row: item!.row, embedding: vectorOf(i, 4) })),
      );
    };
    expect(await pending()).toEqual(['a', 'b', 'c']);
    await embed(['a', 'b']);
    await embed(['b']);
    expect((await store.find(owner, 'photos')).reembedding?.done).toBe(2);
    expect(await store.finishReembedding(photos)).toBeUndefined();
    // What is written meanwhile is in the old space, and has to be embedded again too.
    await store.upsert(photos, [sample('a', 5), sample('d', 6)]);
    await store.remove(photos, ['b']);
    expect((await pending()).sort()).toEqual(['a', 'c', 'd']);
    const before = await truth(['a', 'c', 'd']);
    await embed(['a', 'c', 'd']);
    expect(await truth(['a', 'c', 'd'])).toEqual(before);

    const moved = await store.finishReembedding(photos);
    expect(moved).toMatchObject({ space: OTHER_SPACE, reembedding: undefined, items: 3 });
    const index = new Rows();
    await index.catchUp(store, moved!);
    expect([...index.vectors.values()].sort()).toEqual(
      [0, 1, 2].map((i) => text(vectorOf(i, 4))).sort(),
    );
    await expect(index.catchUp(store, photos)).rejects.toMatchObject({
      code: 'COLLECTION_MODEL_MISMATCH',
    });
  });

  test('a move can be given up, goes one way at a time, and refuses vectors of other spaces', async () => {
    await store.upsert(photos, [sample('a')]);
    const [item] = await store.items(photos, ['a']);
    const vectors = [{ row: item!.row, embedding: vectorOf(0, 4) }];
    const third = { ...OTHER_SPACE, hash: 'c'.repeat(64) };
    const isRefused = { code: 'COLLECTION_MODEL_MISMATCH' };
    await expect(store.setNextVectors(photos, OTHER_SPACE, vectors)).rejects.toMatchObject(
      isRefused,
    );
    await store.beginReembedding(photos, OTHER_SPACE);
    await store.beginReembedding(photos, OTHER_SPACE);
    await expect(store.beginReembedding(photos, third)).rejects.toMatchObject(isRefused);
    await expect(store.setNextVectors(photos, third, vectors)).rejects.toMatchObject(isRefused);
    await store.setNextVectors(photos, OTHER_SPACE, vectors);
    expect(await store.cancelReembedding(photos)).toMatchObject({
      space: SPACE,
      reembedding: undefined,
    });
    const again = await store.beginReembedding(photos, third);
    expect(again.reembedding).toEqual({ space: third, done: 0 });
    expect(await store.vectors(photos, [item!.row])).toEqual([vectorOf(0)]);
  });
});
