/** Browsing in order, page by page, while others write. */
import { RowSet } from '@clipql/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ownerOf } from '../../access/owner.ts';
import type { Collection } from '../collection.ts';
import type { Metadata } from '../item.ts';
import type { CollectionStore, Order, PageQuery } from '../store.ts';
import { SPACE, sample } from '../testing/samples.ts';
import { STORES, type TestStore } from '../testing/stores.ts';

const BY_KEY: Order = { by: 'key', descending: false };
const byField = (field: string, descending = false): Order => ({ by: { field }, descending });

describe.each(STORES)('%s', (_, open) => {
  let opened: TestStore;
  let store: CollectionStore;
  let photos: Collection;
  beforeAll(async () => {
    opened = await open();
    store = opened.store;
  });
  afterAll(() => opened.close());
  beforeEach(async ({ task }) => {
    photos = await store.create(ownerOf(task.name), 'photos', SPACE);
  });

  const add = (items: Readonly<Record<string, Metadata>>) =>
    store.upsert(
      photos,
      Object.entries(items).map(([key, metadata], i) => sample(key, i, metadata)),
    );
  /** Keys of all pages; `between` runs after each. */
  const walk = async (query: Partial<PageQuery>, between = async () => {}) => {
    const keys: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await store.page(photos, { orderBy: BY_KEY, first: 2, ...query, after });
      keys.push(...page.items.map(({ item }) => item.key));
      if (!page.hasNext) return keys.join('');
      after = page.items.at(-1)!.cursor;
      await between();
    }
  };

  test('pages follow each other in the order of keys, values or time, both ways', async () => {
    await add({ c: { n: 2, t: 'x' }, a: { n: 2, t: 'É' }, b: {}, e: { n: 10 }, d: { n: -1 } });
    expect(await walk({})).toBe('abcde');
    expect(await walk({ orderBy: { by: 'key', descending: true } })).toBe('edcba');
    expect(await walk({ orderBy: byField('n') })).toBe('daceb');
    expect(await walk({ orderBy: byField('n', true) })).toBe('ecadb');
    expect(await walk({ orderBy: byField('t') })).toBe('cabde');
    expect(await walk({ orderBy: byField('t', true) })).toBe('acbde');
    // One batch has one time.
    expect(await walk({ orderBy: { by: 'indexedAt', descending: false } })).toBe('abcde');
    await new Promise((resolve) => setTimeout(resolve, 5));
    await add({ b: {} });
    expect(await walk({ orderBy: { by: 'indexedAt', descending: false } })).toBe('acdeb');
    expect(await walk({ orderBy: { by: 'indexedAt', descending: true } })).toBe('bedca');
  });

  test('dates are in the order of time, whatever zone they are written in', async () => {
    await add({
      a: { when: '2021-06-01T10:00:00+02:00' },
      b: { when: '2021-06-01T09:00:00Z' },
      c: { when: '2021-06-01' },
    });
    expect(await walk({ orderBy: byField('when') })).toBe('cab');
  });

  test('a page has as many items as it asks for, whenever so many pass', async () => {
    const many = Array.from({ length: 60 }, (_, i) => [
      `k${String(i).padStart(2, '0')}`,
      { i, even: i % 2 === 0 },
    ]);
    await add(Object.fromEntries(many));
    const where = { field: 'even', op: 'eq', value: true } as const;
    const page = await store.page(photos, { where, orderBy: byField('i', true), first: 29 });
    expect(page.items.map(({ item }) => item.metadata.i)).toEqual(
      Array.from({ length: 29 }, (_, i) => 58 - 2 * i),
    );
    expect(page.hasNext).toBe(true);
    const all = await store.page(photos, { where, orderBy: BY_KEY, first: 30 });
    expect(all.items).toHaveLength(30);
    expect(all.hasNext).toBe(false);
    const rows = RowSet.of(all.items.slice(0, 3).map(({ item }) => item.row));
    const few = await store.page(photos, { where, rows, orderBy: BY_KEY, first: 30 });
    expect(few.items.map(({ item }) => item.key)).toEqual(['k00', 'k02', 'k04']);
  });

  test.each([
    ['key', BY_KEY],
    ['a value', byField('n')],
    ['a value, the highest first', byField('n', true)],
  ])(
    'in the order of %s, others’ writes neither repeat nor hide what stays',
    async (_, orderBy) => {
      const stays = Object.fromEntries([...'acegikmoqs'].map((key, i) => [key, { n: i % 3 }]));
      await add(stays);
      await add({ b: { n: 1 }, d: { n: 2 }, f: {} });
      let times = 0;
      const writes = async () => {
        times += 1;
        // What is replaced gets another row; what is removed was a page's last or not.
        await store.upsert(photos, [sample('a', times + 20, stays.a), sample('s', times, stays.s)]);
        await store.remove(photos, ['b', 'd', 'f'].slice(times - 1, times));
        await store.upsert(photos, [sample(`new${times}`, times, { n: times % 3 })]);
      };
      const keys = (await walk({ orderBy }, writes)).replace(/new\d|[bdf]/g, '');
      expect([...keys].sort().join('')).toBe('acegikmoqs');
    },
  );

  test('a cursor holds for its own query alone', async () => {
    await add({ a: { n: 1 }, b: { n: 2 }, c: { n: 3 } });
    const { items } = await store.page(photos, { orderBy: BY_KEY, first: 1 });
    const after = items[0]!.cursor;
    const where = { field: 'n', op: 'gt', value: 0 } as const;
    for (const query of [
      { orderBy: byField('n'), after },
      { orderBy: { by: 'key', descending: true } as const, after },
      { orderBy: BY_KEY, where, after },
      { orderBy: BY_KEY, after: 'nonsense' },
      { orderBy: BY_KEY, after: '' },
      { orderBy: BY_KEY, after: Buffer.from('["x",{},1]').toString('base64url') },
    ]) {
      await expect(store.page(photos, { first: 1, ...query })).rejects.toMatchObject({
        code: 'BAD_CURSOR',
      });
    }
  });

  test('an order by a field that is not there, or by a list, names the fields', async () => {
    await add({ a: { n: 1, tags: ['x'] } });
    for (const field of ['m', 'tags']) {
      await expect(store.page(photos, { orderBy: byField(field), first: 1 })).rejects.toMatchObject(
        {
          code: 'BAD_INPUT',
          message: `expected an order by one of the fields "n" (NUMBER), got "${field}"`,
        },
      );
    }
  });
});
