/** What search keeps of models and vectors. */
import { RowValues } from '@clipql/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Owner, ownerOf } from '../../access/owner.ts';
import { allLevels } from '../all-levels.ts';
import type { Collection } from '../collection.ts';
import type { CollectionStore, KeptLevels } from '../store.ts';
import { OTHER_SPACE, SPACE, sample, vectorOf } from '../testing/samples.ts';
import { STORES, type TestStore } from '../testing/stores.ts';

const WORDS = 'the words of today';

const NONE_YET: KeptLevels = { after: -1, replace: false };
const behind = (after: number): KeptLevels => ({ after, replace: false });

const valuesOf = (list: readonly (readonly [row: number, level: number])[]): RowValues =>
  new RowValues(
    Uint32Array.from(list, ([row]) => row),
    Float32Array.from(list, ([, level]) => level),
  );

const listOf = ({ rows, values }: RowValues) => [...rows].map((row, i) => [row, values[i]]);

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

  const levels = async (collection: Collection, words = WORDS) =>
    listOf(await allLevels(store, collection, words));

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
    expect(await levels(photos)).toEqual([]);
    const another = await opened.another();
    const first = [
      [2, 8.5],
      [700_000_000, Number.NaN],
      [2_147_483_647, -9.25],
    ] as const;
    await store.keepLevels(photos, WORDS, valuesOf(first.slice(0, 2)), NONE_YET);
    await another.keepLevels(photos, WORDS, valuesOf(first.slice(2)), behind(700_000_000));
    await store.keepLevels(photos, WORDS, valuesOf([[700_000_001, 1]]), behind(700_000_000));
    await store.keepLevels(photos, WORDS, valuesOf([[1, 1]]), NONE_YET);
    expect(await levels(photos)).toEqual(first);
    expect(await levels(photos, 'other words')).toEqual([]);
    await store.keepLevels(photos, 'other words', valuesOf([[0, 7]]), NONE_YET);
    expect(await levels(photos)).toEqual([]);
  });

  test('levels that replace all others do so unless more were kept meanwhile, also beside a reader', async () => {
    await store.keepLevels(
      photos,
      WORDS,
      valuesOf([
        [1, 1],
        [2, 2],
      ]),
      NONE_YET,
    );
    await store.keepLevels(
      photos,
      WORDS,
      valuesOf([
        [3, 3],
        [5, 5],
      ]),
      behind(2),
    );
    const parts = store.levels(photos, WORDS)[Symbol.asyncIterator]();
    expect(listOf((await parts.next()).value)).toEqual([
      [1, 1],
      [2, 2],
    ]);
    const fewer = valuesOf([
      [2, 2],
      [5, 5],
    ]);
    await store.keepLevels(photos, WORDS, fewer, { after: 2, replace: true });
    expect(await levels(photos)).toHaveLength(4);
    await store.keepLevels(photos, WORDS, fewer, { after: 5, replace: true });
    expect(await levels(photos)).toEqual([
      [2, 2],
      [5, 5],
    ]);
    // The rest of it, of which row 2 came before.
    expect(listOf((await parts.next()).value)).toEqual([[5, 5]]);
    expect(await parts.next()).toMatchObject({ done: true });
  });

  test('a collection that has moved to another space has no levels yet, and one of the same name has none of the former', async () => {
    await store.upsert(photos, [sample('a')]);
    await store.keepLevels(photos, WORDS, valuesOf([[1, 1]]), NONE_YET);
    const moving = await store.beginReembedding(photos, OTHER_SPACE);
    const [item] = await store.items(moving, ['a']);
    const embedding = vectorOf(1, OTHER_SPACE.dimensions);
    await store.setNextVectors(moving, OTHER_SPACE, [{ row: item!.row, embedding }]);
    const moved = (await store.finishReembedding(moving))!;
    expect(await levels(moved)).toEqual([]);
    await expect(levels(photos)).rejects.toThrow(/expected/);
    await store.keepLevels(moved, WORDS, valuesOf([[1, 3]]), NONE_YET);
    await store.drop(owner, 'photos');
    const again = await store.create(owner, 'photos', OTHER_SPACE);
    expect(await levels(again)).toEqual([]);
  });
});
