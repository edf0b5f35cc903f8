import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import type { Collection } from '../collection.ts';
import type { EqualFilesQuery } from '../store.ts';
import { OF_NO_FILE, SPACE, sample } from '../testing/samples.ts';
import { STORES, type TestStore } from '../testing/stores.ts';

describe.each(STORES)('%s', (_, open) => {
  let opened: TestStore;
  let photos: Collection;
  beforeAll(async () => {
    opened = await open();
    const { store } = opened;
    photos = await store.create(SHARED, 'photos', SPACE);
    const others = await store.create(SHARED, 'others', SPACE);
    // In no order: files 1 and 3 are there twice, file 2 three times.
    const files = { z: 2, d: 1, b: 3, y: 2, a: 3, alone: 4, c: 1, x: 2 };
    const items = Object.entries(files).map(([key, file]) => sample(key, file));
    const unknown = ['e', 'f'].map((key) => ({ ...sample(key), ...OF_NO_FILE }));
    await store.upsert(photos, [...items, ...unknown]);
    await store.upsert(others, [sample('x', 4), sample('w', 2)]);
  });
  afterAll(() => opened.close());

  const found = async (query: EqualFilesQuery) => {
    const { groups, total } = await opened.store.equalFiles(photos, query);
    const items = await opened.store.itemsOfRows(photos, groups.flat());
    const keys = new Map(items.map((item) => [item!.row, item!.key]));
    return { total, groups: groups.map((rows) => rows.map((row) => keys.get(row)).join('')) };
  };

  test('items of the same bytes are groups, the largest first and each by key', async () => {
    expect(await found({})).toEqual({ total: 3, groups: ['xyz', 'ab', 'cd'] });
  });

  test('as many groups and members as are wanted are told, and how many groups there are', async () => {
    expect(await found({ groups: 2, members: 1 })).toEqual({ total: 3, groups: ['xy', 'ab'] });
  });

  test('where no two are the same there are none', async () => {
    const empty = await opened.store.create(SHARED, 'empty', SPACE);
    expect(await opened.store.equalFiles(empty, {})).toEqual({ groups: [], total: 0 });
  });
});
