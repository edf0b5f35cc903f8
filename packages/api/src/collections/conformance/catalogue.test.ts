/** Collections as such: names, owners, spaces. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Owner, ownerOf, SHARED } from '../../access/owner.ts';
import { OTHER_SPACE, SPACE, sample } from '../testing/samples.ts';
import { STORES, type TestStore } from '../testing/stores.ts';

describe.each(STORES)('%s', (_, open) => {
  let opened: TestStore;
  let owner: Owner;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());
  beforeEach(({ task }) => {
    owner = ownerOf(task.name);
  });

  test('a collection is found under its name by its owner alone', async () => {
    const { store } = opened;
    const [ada, bob] = [ownerOf('ada'), ownerOf('bob')];
    const created = await store.create(ada, 'photos', SPACE);
    expect(created).toMatchObject({ owner: ada, name: 'photos', space: SPACE, items: 0 });
    await store.create(bob, 'photos', OTHER_SPACE);
    await store.create(ada, 'birds', SPACE);
    expect(await store.find(ada, 'photos')).toEqual(created);
    expect((await store.find(bob, 'photos')).space).toEqual(OTHER_SPACE);
    expect((await store.list(ada)).map(({ name }) => name)).toEqual(['birds', 'photos']);
    await expect(store.find(SHARED, 'photos')).rejects.toMatchObject({
      code: 'UNKNOWN_COLLECTION',
    });
    await expect(store.find(ada, 'bird')).rejects.toThrow('(known: birds, photos)');
  });

  test('a name is taken once, and is one that a path can have', async () => {
    const { store } = opened;
    await store.create(owner, 'photos', SPACE);
    await expect(store.create(owner, 'photos', SPACE)).rejects.toMatchObject({
      code: 'COLLECTION_EXISTS',
    });
    for (const name of ['', 'Photos', '../photos', "a'; DROP TABLE items; --", 'x'.repeat(65)]) {
      await expect(store.create(owner, name, SPACE)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    }
  });

  test.each(['a\0', '\ud800'])('none is called %j, and none is made', async (name) => {
    const { store } = opened;
    await expect(store.create(owner, name, SPACE)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    const unknown = { code: 'UNKNOWN_COLLECTION', message: expect.stringContaining('is none') };
    await expect(store.find(owner, name)).rejects.toMatchObject(unknown);
    await expect(store.drop(owner, name)).rejects.toMatchObject(unknown);
  });

  test('an owner has at most 100 collections', async () => {
    const { store } = opened;
    for (let i = 0; i < 100; i++) await store.create(owner, `c${i}`, SPACE);
    await expect(store.create(owner, 'more', SPACE)).rejects.toMatchObject({
      code: 'TOO_MANY_COLLECTIONS',
    });
    await store.create(ownerOf('ada'), 'more', SPACE);
  });

  test('a dropped collection is gone at once, and its name is free for an empty one', async () => {
    const { store } = opened;
    const dropped = await store.create(owner, 'photos', SPACE);
    await store.upsert(dropped, [sample('a', 0, { year: 2020, tags: ['x', 'y'] })]);
    await store.drop(owner, 'photos');
    await expect(store.drop(owner, 'photos')).rejects.toMatchObject({
      code: 'UNKNOWN_COLLECTION',
    });
    await expect(store.items(dropped, ['a'])).rejects.toMatchObject({ code: 'UNKNOWN_COLLECTION' });
    await expect(store.upsert(dropped, [sample('b')])).rejects.toMatchObject({
      code: 'UNKNOWN_COLLECTION',
    });
    const created = await store.create(owner, 'photos', OTHER_SPACE);
    expect(created.fields.size).toBe(0);
    expect(await store.items(created, ['a'])).toEqual([undefined]);
  });

  test('another process sees what was written', async () => {
    const created = await opened.store.create(owner, 'photos', SPACE);
    await opened.store.upsert(created, [sample('a', 3, { year: 2020 })]);
    const other = await opened.another();
    const found = await other.find(owner, 'photos');
    expect(found).toMatchObject({ items: 1, fields: new Map([['year', 'NUMBER']]) });
    await other.upsert(found, [sample('b', 4)]);
    const items = await opened.store.items(created, ['a', 'b']);
    expect(items.map((item) => item?.key)).toEqual(['a', 'b']);
  });
});
