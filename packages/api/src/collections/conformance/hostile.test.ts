/** Names, keys and values that mean something to SQL, JSON, JavaScript or a file system. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import type { Collection } from '../collection.ts';
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
