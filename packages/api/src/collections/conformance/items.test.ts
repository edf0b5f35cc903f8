/** What is written is read again: items, vectors, thumbnails. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Owner, ownerOf } from '../../access/owner.ts';
import type { Collection } from '../collection.ts';
import type { NewItem } from '../item.ts';
import type { CollectionStore } from '../store.ts';
import { OF_NO_FILE, OTHER_SPACE, SPACE, sample, vectorOf } from '../testing/samples.ts';
import { STORES, type TestStore } from '../testing/stores.ts';

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

  const count = async () => (await store.find(owner, 'photos')).items;
  const rowOf = async (key: string) => (await store.items(photos, [key]))[0]!.row;

  test('items come back as they were given, in the order of the keys', async () => {
    const thumbnail = Uint8Array.of(1, 2, 3);
    const a = { ...sample('a', 1, { place: 'Oslo', tags: ['x', 'y'], n: -0.5 }), thumbnail };
    const b = { ...sample('b', 2), modified: undefined };
    await store.upsert(photos, [a, b]);
    const [second, missing, first] = await store.items(photos, ['b', 'c', 'a']);
    const { embedding, thumbnail: _thumbnail, ...kept } = a;
    expect(first).toMatchObject({ ...kept, hasThumbnail: true });
    expect(second).toMatchObject({ key: 'b', modified: undefined, hasThumbnail: false });
    expect(missing).toBeUndefined();
    expect(await store.itemsOfRows(photos, [second!.row, 999, first!.row])).toEqual([
      second,
      undefined,
      first,
    ]);
    expect(await store.vectors(photos, [first!.row, 999])).toEqual([embedding, undefined]);
    expect(await store.thumbnail(photos, 'a')).toEqual(thumbnail);
    expect(await store.thumbnail(photos, 'b')).toBeUndefined();
    expect(await count()).toBe(2);
  });

  test('vectors are kept in half precision', async () => {
    const third = 1 / Math.sqrt(8);
    await store.upsert(photos, [{ ...sample('a'), embedding: new Float32Array(8).fill(third) }]);
    const [vector] = await store.vectors(photos, [await rowOf('a')]);
    expect([...vector!]).toEqual(Array(8).fill(Math.f16round(third)));
  });

  test('the same key replaces, with another row when the vector is another', async () => {
    const thumbnail = Uint8Array.of(1);
    await store.upsert(photos, [{ ...sample('a', 0, { year: 1 }), thumbnail }, sample('b', 1)]);
    const first = await rowOf('a');
    await store.upsert(photos, [sample('a', 0, { place: 'Oslo' })]);
    expect(await rowOf('a')).toBe(first);
    expect(await store.thumbnail(photos, 'a')).toBeUndefined();
    expect((await store.items(photos, ['a']))[0]!.metadata).toEqual({ place: 'Oslo' });
    await store.upsert(photos, [sample('a', 5)]);
    const second = await rowOf('a');
    expect(second).toBeGreaterThan(await rowOf('b'));
    expect(await store.itemsOfRows(photos, [first])).toEqual([undefined]);
    expect(await store.vectors(photos, [first, second])).toEqual([undefined, vectorOf(5)]);
    expect(await count()).toBe(2);
  });

  test('a key that stands twice in a batch is kept as it stands last', async () => {
    await store.upsert(photos, [sample('a', 1), sample('a', 2, { n: 2 })]);
    expect(await count()).toBe(1);
    expect(await store.vectors(photos, [await rowOf('a')])).toEqual([vectorOf(2)]);
    const { words } = await store.select(photos, { field: 'n', op: 'eq', value: 2 });
    expect(words.some((word) => word !== 0)).toBe(true);
  });

  test('removed items are gone, and their rows are not given to others', async () => {
    await store.upsert(photos, [sample('a'), sample('b', 1)]);
    const last = await rowOf('b');
    expect(await store.remove(photos, ['b', 'c'])).toBe(1);
    expect(await store.items(photos, ['b'])).toEqual([undefined]);
    await store.upsert(photos, [sample('c', 2)]);
    expect(await rowOf('c')).toBeGreaterThan(last);
    expect(await count()).toBe(2);
  });

  test('it knows what tells whether a file has changed', async () => {
    await store.upsert(photos, [sample('a', 7)]);
    const { contentHash, modified, facts } = sample('a', 7);
    expect(await store.known(photos, ['a', 'b'])).toEqual(
      new Map([['a', { contentHash, modified, bytes: facts.bytes }]]),
    );
  });

  test('a vector that was made elsewhere has no file until one is known', async () => {
    const elsewhere = { ...sample('a', 1, { year: 2019 }), ...OF_NO_FILE };
    await store.upsert(photos, [elsewhere, sample('b', 2)]);
    const row = await rowOf('a');
    expect((await store.items(photos, ['a']))[0]).toMatchObject({ key: 'a', ...OF_NO_FILE });
    expect((await store.known(photos, ['a'])).get('a')).toEqual({
      ...{ contentHash: undefined, modified: undefined, bytes: undefined },
    });
    const stored: NewItem[] = [];
    for await (const items of store.stored(photos)) stored.push(...items);
    expect(stored).toEqual([elsewhere, sample('b', 2)]);
    await store.upsert(photos, [sample('a', 1)]);
    const { contentHash, facts } = sample('a', 1);
    expect((await store.items(photos, ['a']))[0]).toMatchObject({ row, contentHash, facts });
  });

  test('metadata is replaced by itself, and what is not there is left out', async () => {
    await store.upsert(photos, [sample('a', 0, { year: 2019, tags: ['x'] })]);
    const row = await rowOf('a');
    await store.setMetadata(photos, [
      { key: 'a', metadata: { year: 2020 } },
      { key: 'b', metadata: { year: 2020 } },
    ]);
    expect(await store.items(photos, ['a', 'b'])).toMatchObject([
      { row, metadata: { year: 2020 } },
      undefined,
    ]);
    expect((await store.select(photos, { field: 'year', op: 'eq', value: 2020 })).has(row)).toBe(
      true,
    );
    expect((await store.select(photos, { field: 'year', op: 'eq', value: 2019 })).size).toBe(0);
  });

  test.each([
    ['an embedding of another length', { embedding: vectorOf(0, 7) }, 'BAD_INPUT', '8 values'],
    ['NaN', { embedding: new Float32Array(8).fill(Number.NaN) }, 'BAD_INPUT', 'got NaN'],
    ['a vector of length 2', { embedding: Float32Array.of(2, 0, 0, 0, 0, 0, 0, 0) }, 'BAD_INPUT'],
    ['an empty key', { key: '' }, 'BAD_INPUT', 'a key of 1 to'],
    ['half a character', { key: '\ud800' }, 'BAD_INPUT'],
    ['an infinite number', { metadata: { n: Infinity } }, 'BAD_METADATA', 'field "n" of "bad"'],
    ['another type than a field has', { metadata: { year: 'new' } }, 'BAD_METADATA', 'a NUMBER'],
    ['a text too long', { metadata: { t: 'x'.repeat(8193) } }, 'BAD_METADATA', 'got 8,193'],
    ['an object', { metadata: { o: {} as never } }, 'BAD_METADATA', 'got {}'],
    ['NUL', { metadata: { t: 'a\0b' } }, 'BAD_METADATA'],
  ])('a batch with %s is refused as a whole', async (_, bad, code, message = '') => {
    await store.upsert(photos, [sample('a', 0, { year: 2019 })]);
    const batch = [sample('b', 1), { ...sample('bad', 2), ...bad }, sample('c', 3)];
    await expect(store.upsert(photos, batch)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
    expect(await count()).toBe(1);
    expect(await store.items(photos, ['b', 'c'])).toEqual([undefined, undefined]);
  });

  test('vectors of another space are refused, and both spaces are named', async () => {
    const stray = { ...photos, space: OTHER_SPACE };
    const item = { ...sample('a'), embedding: vectorOf(0, 4) };
    await expect(store.upsert(stray, [item])).rejects.toMatchObject({
      code: 'COLLECTION_MODEL_MISMATCH',
      message: expect.stringMatching(/nano \(aaaaaaaaaaaa\).*tiny \(bbbbbbbbbbbb\)/),
    });
    await expect(store.vectors(stray, [1])).rejects.toMatchObject({
      code: 'COLLECTION_MODEL_MISMATCH',
    });
  });
});
