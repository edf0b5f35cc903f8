/** Names, keys and values that mean something to SQL, JSON, JavaScript or a file system. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import type { Collection } from '../collection.ts';
import type { Order } from '../store.ts';
import { SPACE, sample } from '../testing/samples.ts';
import { STORES, type TestStore } from '../testing/stores.ts';

const TEXTS = [
  `'; DROP TABLE items; --`,
  `" OR ""="`,
  `$."x"[0]`,
  `a'b"c\`d\\e`,
  '__proto__',
  'constructor',
  'toString',
  '%_*?',
  ':a @b $c ?1',
  '../../etc/passwd',
  '{"$gt": ""}',
  'NULL',
  '1e999',
  'a\nb\tc\u001b[31m',
  '\u202eright to left',
  '🐑 ß İ ſ',
  ' leading and trailing ',
  'x'.repeat(255),
];

describe.each(STORES)('%s', (_, open) => {
  let opened: TestStore;
  let photos: Collection;
  beforeAll(async () => {
    opened = await open();
    photos = await opened.store.create(SHARED, 'photos', SPACE);
    const metadataOf = (text: string) =>
      Object.fromEntries([
        [text, text],
        [`${text}!`, [text, 'other']],
      ]);
    await opened.store.upsert(
      photos,
      TEXTS.map((text, i) => sample(text, i, metadataOf(text))),
    );
  });
  afterAll(() => opened.close());

  test.each(TEXTS)('%j is a key, a field and a value like any other', async (text) => {
    const { store } = opened;
    const [item] = await store.items(photos, [text]);
    expect(item?.key).toBe(text);
    expect(Object.entries(item!.metadata)).toEqual([
      [text, text],
      [`${text}!`, [text, 'other']],
    ]);
    expect((await store.find(SHARED, 'photos')).fields.get(text)).toBe('TEXT');
    for (const filter of [
      { field: text, op: 'eq', value: text },
      { field: text, op: 'in', value: [text] },
      { field: text, op: 'contains', value: text },
      { field: `${text}!`, op: 'contains', value: text },
      { field: text, op: 'exists', value: true },
    ] as const) {
      const rows = await store.select(photos, filter);
      expect([rows.size, rows.has(item!.row)], filter.op).toEqual([1, true]);
    }
    const orderBy = { by: { field: text }, descending: false } as const;
    const page = await store.page(photos, { orderBy, first: 2 });
    expect(page.items[0]!.item.key).toBe(text);
    const next = await store.page(photos, { orderBy, first: 99, after: page.items[0]!.cursor });
    expect(next.items).toHaveLength(TEXTS.length - 1);
  });

  const noNames = TEXTS.filter((text) => !['constructor', '1e999'].includes(text));
  test.each(noNames)('%j is no name of a collection, and found under none', async (text) => {
    const { store } = opened;
    await expect(store.create(SHARED, text, SPACE)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(store.find(SHARED, text)).rejects.toMatchObject({ code: 'UNKNOWN_COLLECTION' });
    await expect(store.drop(SHARED, text)).rejects.toMatchObject({ code: 'UNKNOWN_COLLECTION' });
  });

  test.each(TEXTS)(
    '%j as a field that is not there, or as a value of another type, is refused',
    async (text) => {
      const { store } = opened;
      for (const filter of [
        { field: `${text}?`, op: 'eq', value: text },
        { field: text, op: 'eq', value: { [text]: text } },
        { field: text, op: text, value: text },
        { field: text, op: 'in', value: [[text]] },
      ]) {
        const select = store.select(photos, filter as never);
        await expect(select).rejects.toMatchObject({ code: 'BAD_FILTER' });
      }
      const orderBy = { by: { field: `${text}?` }, descending: false } as const;
      await expect(store.page(photos, { orderBy, first: 1 })).rejects.toMatchObject({
        code: 'BAD_INPUT',
      });
    },
  );

  test.each(TEXTS)(
    'a cursor that is made up with %j is a place in the order, or refused',
    async (text) => {
      const { store } = opened;
      await store.upsert(photos, [sample('counted', 40, { number: 1 })]);
      const orders: readonly Order['by'][] = [
        'key',
        'indexedAt',
        { field: TEXTS[0]! },
        { field: 'number' },
      ];
      for (const by of orders) {
        const orderBy = { by, descending: false };
        const { items } = await store.page(photos, { orderBy, first: 1 });
        const [hash] = JSON.parse(Buffer.from(items[0]!.cursor, 'base64url').toString());
        for (const value of [text, 1, 0.5, null]) {
          const after = Buffer.from(JSON.stringify([hash, value, text])).toString('base64url');
          const page = await store
            .page(photos, { orderBy, first: 1, after })
            .catch((error) => error);
          if (page instanceof Error) expect(page).toMatchObject({ code: 'BAD_CURSOR' });
          else expect(page.items.length).toBeLessThanOrEqual(1);
        }
      }
      expect(await store.remove(photos, ['counted'])).toBe(1);
    },
  );

  test.each(['a\0', '\ud800'])('%j is in no filter and in no cursor', async (text) => {
    const { store } = opened;
    const field = TEXTS[0]!;
    for (const op of ['eq', 'ne', 'lt', 'contains'] as const) {
      await expect(store.select(photos, { field, op, value: text })).rejects.toMatchObject({
        code: 'BAD_FILTER',
      });
    }
    const orderBy = { by: 'key', descending: false } as const;
    const { items } = await store.page(photos, { orderBy, first: 1 });
    const [hash] = JSON.parse(Buffer.from(items[0]!.cursor, 'base64url').toString());
    const after = Buffer.from(JSON.stringify([hash, null, text])).toString('base64url');
    await expect(store.page(photos, { orderBy, first: 1, after })).rejects.toMatchObject({
      code: 'BAD_CURSOR',
    });
    expect(await store.items(photos, [text])).toEqual([undefined]);
  });

  test('8,000 characters are a value, but no name', async () => {
    const { store } = opened;
    const long = '\'"ø'.repeat(2_666);
    await store.upsert(photos, [sample('long', 0, { long })]);
    expect((await store.select(photos, { field: 'long', op: 'eq', value: long })).size).toBe(1);
    await expect(store.upsert(photos, [sample('long', 0, { [long]: 1 })])).rejects.toMatchObject({
      code: 'BAD_METADATA',
      message: expect.stringMatching(/^.{1,300}$/),
    });
  });

  test.each([
    ['a\0', 'without NUL'],
    ['\ud800', 'without NUL'],
    ['', '1 to 256 characters, got 0'],
  ])('a field is not called %j, and the message says why', async (name, why) => {
    const { store } = opened;
    await expect(store.upsert(photos, [sample('k', 0, { [name]: 1 })])).rejects.toMatchObject({
      code: 'BAD_METADATA',
      message: expect.stringContaining(why),
    });
  });

  test('a collection has at most 256 fields', async () => {
    const { store } = opened;
    const wide = await store.create(SHARED, 'wide', SPACE);
    const fields = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, i]));
    await store.upsert(wide, [sample('a', 0, fields(256))]);
    await expect(store.upsert(wide, [sample('b', 1, { more: 1 })])).rejects.toMatchObject({
      code: 'BAD_METADATA',
    });
  });
});
