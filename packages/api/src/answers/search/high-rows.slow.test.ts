/** Few items whose rows have numbers far apart, as after many years of changes, are searched as any others. */
import { FlatIndex, RowValues } from '@clipql/core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Collection } from '../../collections/collection.ts';
import { LiveIndexes } from '../../collections/live-indexes.ts';
import {
  type OpenEngine,
  onPostgres,
  onSqlite,
  setChanges,
} from '../../collections/testing/open-engines.ts';
import { BACKGROUND, backgroundOf } from './background-of.ts';
import { compareAll } from './compare-all.ts';
import { type SearchServices, search } from './search.ts';
import type { SearchRequest } from './search-request.ts';
import { resolveTerms } from './search-term.ts';
import {
  newItem,
  openPhotoLibrary,
  type PhotoLibrary,
  randomDirection,
} from './testing/photo-library.ts';

/** Rows of its items in three stretches that begin at such numbers. */
const STRETCHES = [0, 100_000_000, 200_000_000];
const ITEMS = 120;

let usual: PhotoLibrary;
const changed: OpenEngine[] = [];
/** SQLite’s and PostgreSQL’s, the latter without memory for an index too. */
let services: readonly SearchServices[];

beforeAll(async () => {
  usual = await openPhotoLibrary();
  changed.push(await onSqlite(), await onPostgres());
  const { space } = await usual.create('photos');
  const stores = [...changed.map(({ store }) => store), usual.store];
  for (const { store } of changed) await store.create('', 'photos', space);
  for (const [stretch, changes] of STRETCHES.entries()) {
    for (const engine of changed) await setChanges(engine, changes);
    const items = Array.from({ length: ITEMS }, (_, i) =>
      newItem(`${stretch}-${i}`, randomDirection(ITEMS * stretch + i), { n: i % 5 }),
    );
    for (const store of stores) {
      await store.upsert(await store.find('', 'photos'), items);
      await store.remove(await store.find('', 'photos'), [`${stretch}-7`]);
    }
  }
  const [sqlite, postgres] = [changed[0]!.store, changed[1]!.store];
  services = [
    { store: sqlite, indexes: new LiveIndexes(sqlite, { maxBytes: 2 ** 28 }) },
    { store: postgres, indexes: new LiveIndexes(postgres, { maxBytes: 2 ** 28 }) },
    { store: postgres, indexes: new LiveIndexes(postgres, { maxBytes: 0 }) },
  ];
});
afterAll(async () => {
  for (const { indexes } of services) await indexes.dispose();
  for (const { close } of changed) await close();
  await usual.close();
});

const photosOf = ({ store }: SearchServices): Promise<Collection> => store.find('', 'photos');

async function pagesOf(of: SearchServices, request: Omit<SearchRequest, 'collection' | 'first'>) {
  const collection = await photosOf(of);
  const pages = [];
  for (let after: string | undefined; ; ) {
    const page = await search(of, usual.session, { collection, first: 100, after, ...request });
    const { hits, total, histogram, cut, scanned, hasNext, exact } = page;
    const found = hits.map(({ item, score, cosine }) => [item.key, score, cosine]);
    pages.push({ found, total, histogram, cut, scanned, hasNext, exact });
    after = hits.at(-1)?.cursor;
    if (!hasNext) return pages;
  }
}

const terms = [{ text: 'boat' }];
const ALL = { terms, relevance: 'ALL', exact: true } as const;

test.each<[string, Omit<SearchRequest, 'collection' | 'first'>]>([
  ['a text', ALL],
  ['a filter', { ...ALL, where: { field: 'n', op: 'gt', value: 2 } }],
  ['an order of values', { ...ALL, orderBy: { by: { field: 'n' }, descending: true } }],
])('by %s, each engine finds what it finds of rows that follow each other', async (_, request) => {
  const expected = await pagesOf(usual, request);
  expect(expected[0]!.scanned).toBe(STRETCHES.length * (ITEMS - 1));
  for (const of of services) {
    const [last] = (await of.store.items(await photosOf(of), [`2-${ITEMS - 1}`])) ?? [];
    expect(last!.row).toBeGreaterThan(200_000_000);
    expect(await pagesOf(of, request)).toEqual(expected);
  }
});

test('levels that were kept, in whatever parts, are not computed again', async () => {
  const of = services[2]!;
  const { store } = of;
  const collection = await photosOf(of);
  const { session } = usual;
  const asked = {
    collection,
    terms: await resolveTerms({ store, loaders: session.loaders }, collection, terms),
    background: await backgroundOf(session, store, collection.space),
    signal: new AbortController().signal,
  };
  const { levels } = await compareAll(store, store.vectorSearch!, asked);
  expect(levels.rows).toHaveLength(STRETCHES.length * (ITEMS - 1));
  const expected = await pagesOf(of, ALL);
  const part = (from: number, to?: number) =>
    new RowValues(levels.rows.slice(from, to), levels.values.slice(from, to));
  const first = part(0, 150);
  await store.keepLevels(collection, BACKGROUND, first, { after: -1, replace: false });
  const after = first.rows.at(-1)!;
  await store.keepLevels(collection, BACKGROUND, part(150), { after, replace: false });
  const computed = vi.spyOn(FlatIndex.prototype, 'logSumExp');
  const before = await pagesOf(of, ALL);
  // Those of the sample alone, whose spread is measured.
  expect(computed.mock.calls.length).toBe(before.length);
  computed.mockRestore();
  expect(before).toEqual(expected);
});
