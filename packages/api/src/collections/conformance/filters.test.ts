/** `select` against a filter in a few lines of JavaScript, and what it refuses. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import type { Collection } from '../collection.ts';
import type { FieldFilter, Filter } from '../filter.ts';
import type { Metadata } from '../item.ts';
import { SPACE, sample } from '../testing/samples.ts';
import { STORES, type TestStore } from '../testing/stores.ts';

const ITEMS: Readonly<Record<string, Metadata>> = {
  oslo: { year: 2019, place: 'Oslo, Norway', taken: '2019-06-01', raw: true, tags: ['fjord'] },
  bergen: { year: 2021, place: 'Bergen', taken: '2021-06-01T10:00:00+02:00', raw: false },
  tromso: { year: 2021.5, place: 'TROMSØ', taken: '2021-06-01T09:00:00Z', tags: ['Fjord', 'ice'] },
  nowhere: {},
  empty: { place: '', tags: [] },
};

const is = (field: string, op: FieldFilter['op'], value: unknown): Filter =>
  ({ field, op, value }) as Filter;

describe.each(STORES)('%s', (_, open) => {
  let opened: TestStore;
  let photos: Collection;
  let rows: ReadonlyMap<string, number>;
  beforeAll(async () => {
    opened = await open();
    photos = await opened.store.create(SHARED, 'photos', SPACE);
    const samples = Object.entries(ITEMS).map(([key, metadata], i) => sample(key, i, metadata));
    await opened.store.upsert(photos, samples);
    const items = await opened.store.items(photos, Object.keys(ITEMS));
    rows = new Map(items.map((item) => [item!.key, item!.row]));
  });
  afterAll(() => opened.close());

  const passing = async (filter: Filter) => {
    const set = await opened.store.select(photos, filter);
    const keys = [...rows].filter(([, row]) => set.has(row)).map(([key]) => key);
    expect(set.size).toBe(keys.length);
    return keys.join(' ');
  };

  test.each([
    [is('year', 'eq', 2019), 'oslo'],
    [is('year', 'ne', 2019), 'bergen tromso'],
    [is('year', 'gt', 2021), 'tromso'],
    [is('year', 'gte', 2021), 'bergen tromso'],
    [is('year', 'lt', 2021), 'oslo'],
    [is('year', 'lte', 2021), 'oslo bergen'],
    [is('year', 'in', [2019, 2021.5, 7]), 'oslo tromso'],
    [is('year', 'in', []), ''],
    [is('place', 'eq', 'Oslo'), ''],
    [is('place', 'eq', ''), 'empty'],
    [is('place', 'lt', 'Oslo'), 'bergen empty'],
    [is('place', 'contains', 'oSLO'), 'oslo'],
    [is('place', 'contains', 'ø'), 'tromso'],
    [is('place', 'contains', '%'), ''],
    [is('raw', 'eq', true), 'oslo'],
    [is('raw', 'ne', true), 'bergen'],
    [is('taken', 'gt', '2019'), 'oslo bergen tromso'],
    [is('taken', 'gte', '2021-06'), 'bergen tromso'],
    // 10:00 two hours east of Greenwich was 08:00 there.
    [is('taken', 'gt', '2021-06-01T08:30Z'), 'tromso'],
    [is('taken', 'in', ['2019-06-01']), 'oslo'],
    [is('tags', 'contains', 'fjord'), 'oslo'],
    [is('place', 'exists', true), 'oslo bergen tromso empty'],
    [is('place', 'exists', false), 'nowhere'],
    [{ not: is('year', 'eq', 2019) }, 'bergen tromso nowhere empty'],
    [{ and: [is('year', 'gt', 2019), is('place', 'contains', 'b')] }, 'bergen'],
    [{ or: [is('year', 'eq', 2019), is('tags', 'contains', 'ice')] }, 'oslo tromso'],
    [{ not: { or: [is('year', 'exists', true), is('place', 'exists', true)] } }, 'nowhere'],
  ] satisfies [Filter, string][])('%j leaves %j', async (filter, keys) => {
    expect(await passing(filter)).toBe(keys);
  });

  test.each<[RegExp, Filter]>([
    [/"year" \(NUMBER\), "place" \(TEXT\).*got "yaer"/, is('yaer', 'eq', 1)],
    [/a finite number for "year" \(NUMBER\), got "2019"/, is('year', 'eq', '2019')],
    [/a finite number/, is('year', 'eq', Number.NaN)],
    [/eq, ne, in, exists, lt, lte, gt, gte for "year".*got contains/, is('year', 'contains', 1)],
    [/a date like 2024/, is('taken', 'gt', 'soon')],
    [/a date like 2024/, is('taken', 'gt', '2021-02-30')],
    [/true or false/, is('raw', 'eq', 1)],
    [/eq, ne, in, exists/, is('raw', 'lt', true)],
    [/contains, exists/, is('tags', 'eq', 'fjord')],
    [/true or false for exists of "place"/, is('place', 'exists', 'yes')],
    [/got "x"/, is('year', 'in', [2019, 'x'])],
    [/at most 1,000 values for "year", got 1,001/, is('year', 'in', Array(1_001).fill(1))],
    [/at least one condition/, { and: [] }],
    [/at most 100 conditions/, { or: Array(100).fill(is('year', 'eq', 1)) }],
    [/at most 8 levels/, [...'12345678'].reduce<Filter>((not) => ({ not }), is('year', 'eq', 1))],
  ])('a filter is refused: %s', async (message, filter) => {
    await expect(opened.store.select(photos, filter)).rejects.toMatchObject({
      code: 'BAD_FILTER',
      message: expect.stringMatching(message),
    });
  });

  test('a field of dates becomes one of texts when a text comes that is no date', async () => {
    const { store } = opened;
    const dates = await store.create(SHARED, 'dates', SPACE);
    await store.upsert(dates, [sample('a', 0, { when: '2020-01-01' })]);
    expect((await store.find(SHARED, 'dates')).fields.get('when')).toBe('DATE');
    await store.upsert(dates, [sample('b', 1, { when: 'long ago' })]);
    expect((await store.find(SHARED, 'dates')).fields.get('when')).toBe('TEXT');
    const select = (op: 'eq' | 'contains', value: string) =>
      store.select(dates, { field: 'when', op, value });
    expect((await select('eq', '2020-01-01')).size).toBe(1);
    expect((await select('contains', 'ago')).size).toBe(1);
    expect(await store.remove(dates, ['a', 'b'])).toBe(2);
    expect((await select('contains', '')).size).toBe(0);
  });
});
