/** What search keeps of models and vectors. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Owner, ownerOf } from '../../access/owner.ts';
import type { Collection } from '../collection.ts';
import type { CollectionStore } from '../store.ts';
import { OTHER_SPACE, SPACE, sample, vectorOf } from '../testing/samples.ts';
import { STORES, type TestStore } from '../testing/stores.ts';

const WORDS = 'the words of today';

describe.each(STORES)('%s', (_, open) => {
  let opened: TestStore;
  let store: CollectionStore;
  let owner: Owner;
  let photos: Collection;
  beforeAll(async () => {
    opened = await open();
    store = opened.store;
  });
  afterAll(() => opened.close());
  beforeEach(async ({ task }) => {
    owner = ownerOf(task.name);
    photos = await store.create(owner, 'photos', SPACE);
  });

  test('prompts belong to a space and a list of words, and another process has them too', async () => {
    const prompts = Float32Array.of(0.1, -2, 3e-8, 4);
    expect(await store.prompts(SPACE, WORDS)).toBeUndefined();
    await store.keepPrompts(SPACE, WORDS, prompts);
    await store.keepPrompts(SPACE, WORDS, prompts);
    const another = await opened.another();
    expect(await another.prompts(SPACE, WORDS)).toEqual(prompts);
    expect(await another.prompts(SPACE, 'other words')).toBeUndefined();
    expect(await another.prompts(OTHER_SPACE, WORDS)).toBeUndefined();
    await store.keepPrompts(SPACE, 'other words', prompts);
    expect(await another.prompts(SPACE, WORDS)).toBeUndefined();
  });

  test('levels are kept one after the other; those that do not follow the last are ignored', async () => {
    expect(await store.levels(photos, WORDS)).toEqual(new Float32Array());
    const all = Float32Array.of(8.5, Number.NaN, 9.25, 10, 11);
    await store.keepLevels(photos, WORDS, 0, all.subarray(0, 3));
    const another = await opened.another();
    await another.keepLevels(photos, WORDS, 3, all.subarray(3));
    await store.keepLevels(photos, WORDS, 3, Float32Array.of(1, 2, 3));
    await store.keepLevels(photos, WORDS, 9, Float32Array.of(1));
    expect(await store.levels(photos, WORDS)).toEqual(all);
    expect(await store.levels(photos, 'other words')).toEqual(new Float32Array());
    await store.keepLevels(photos, 'other words', 0, Float32Array.of(7));
    expect(await store.levels(photos, WORDS)).toEqual(new Float32Array());
  });

  test('a collection that has moved to another space has no levels yet, and one of the same name has none of the former', async () => {
    await store.upsert(photos, [sample('a')]);
    await store.keepLevels(photos, WORDS, 0, Float32Array.of(1, 2));
    const moving = await store.beginReembedding(photos, OTHER_SPACE);
    const [item] = await store.items(moving, ['a']);
    const embedding = vectorOf(1, OTHER_SPACE.dimensions);
    await store.setNextVectors(moving, OTHER_SPACE, [{ row: item!.row, embedding }]);
    const moved = (await store.finishReembedding(moving))!;
    expect(await store.levels(moved, WORDS)).toEqual(new Float32Array());
    await expect(store.levels(photos, WORDS)).rejects.toThrow(/expected/);
    await store.keepLevels(moved, WORDS, 0, Float32Array.of(3));
    await store.drop(owner, 'photos');
    const again = await store.create(owner, 'photos', OTHER_SPACE);
    expect(await store.levels(again, WORDS)).toEqual(new Float32Array());
  });
});
