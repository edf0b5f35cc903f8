import { FlatIndex } from '@clipql/core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { CollectionStore } from '../../collections/store.ts';
import { STORES } from '../../collections/testing/stores.ts';
import { duplicates } from './duplicates.ts';
import { moreLike } from './more-like.ts';
import { search } from './search.ts';
import type { SearchRequest } from './search-request.ts';
import {
  newItem,
  openPhotoLibrary,
  type PhotoLibrary,
  randomDirection,
} from './testing/photo-library.ts';

let libraries: readonly PhotoLibrary[];
/** PostgreSQL’s, without memory for an index. */
let outgrown: PhotoLibrary;

beforeAll(async () => {
  libraries = await Promise.all(STORES.map(([, open]) => openPhotoLibrary(open)));
  outgrown = await openPhotoLibrary(STORES[1]![1], 0);
  for (const library of [...libraries, outgrown]) {
    const photos = await library.create('photos');
    const noise = Array.from({ length: 200 }, (_, i) =>
      newItem(`noise${i}`, randomDirection(i % 9 === 8 ? i - 1 : i), {
        even: i % 2 === 0,
        n: i % 5,
      }),
    );
    await library.store.upsert(photos, [...(await library.photographs()), ...noise]);
    const many = Array.from({ length: MANY }, (_, i) =>
      newItem(`noise${i}`, randomDirection(i), { even: i % 2 === 0, n: i % 5 }),
    );
    await library.store.upsert(await library.create('many'), many);
  }
});
afterAll(async () => {
  for (const library of [...libraries, outgrown]) await library.close();
});

/** More than the nearest that a database is asked for. */
const MANY = 1_500;

/** What each engine answers. */
const answers = <T>(ask: (library: PhotoLibrary) => Promise<T>): Promise<readonly T[]> =>
  Promise.all(libraries.map(ask));

test.each<[string, Omit<SearchRequest, 'collection' | 'first'>]>([
  ['a text', { terms: [{ text: 'boat' }] }],
  [
    'texts with weights',
    { terms: [{ text: 'mountain' }, { text: 'cliff', weight: -1 }], relevance: 'ALL' },
  ],
  [
    'an item and a text',
    { terms: [{ item: 'march-pastoral' }, { text: 'snow' }], relevance: 'ALL' },
  ],
  [
    'a filter',
    { terms: [{ text: 'hills' }], relevance: 'ALL', where: { field: 'n', op: 'gt', value: 2 } },
  ],
  [
    'an order of values',
    {
      terms: [{ text: 'sea' }],
      relevance: { atLeast: 0.01 },
      orderBy: { by: { field: 'n' }, descending: true },
    },
  ],
])('by %s the engines find the same, on all pages', async (_, request) => {
  const [first, ...others] = await answers(async (library) => {
    const collection = (await library.store.listAll())[0]!;
    const pages = [];
    for (let after: string | undefined; pages.length < 3; ) {
      const { hits, total, histogram, cut, scanned, hasNext, exact } = await search(
        library,
        library.session,
        { collection, first: 40, ...request, after },
      );
      const found = hits.map(({ item, score, relevance, cosine }) => [
        item.key,
        score,
        relevance,
        cosine,
      ]);
      pages.push({ found, total, histogram, cut, scanned, hasNext, exact });
      after = hits.at(-1)?.cursor;
      if (!hasNext) break;
    }
    return pages;
  });
  expect(first![0]!.scanned).toBe(207);
  for (const other of others) expect(other).toEqual(first);
});

test.each<[string, Omit<SearchRequest, 'collection' | 'first'>]>([
  ['a text', { terms: [{ text: 'boat' }] }],
  ['words of which there is nothing', { terms: [{ text: 'pizza' }] }],
  [
    'texts with weights',
    { terms: [{ text: 'mountain' }, { text: 'cliff', weight: -1 }], relevance: 'ALL' },
  ],
  ['an item', { terms: [{ item: 'march-pastoral' }], except: 'march-pastoral', relevance: 'ALL' }],
  [
    'a filter',
    {
      terms: [{ text: 'hills' }],
      relevance: 'ALL',
      where: { field: 'n', op: 'gt', value: 2 },
    },
  ],
  [
    'an order of values',
    {
      terms: [{ text: 'sea' }],
      relevance: 'ALL',
      orderBy: { by: { field: 'n' }, descending: true },
    },
  ],
])(
  'by %s, a collection that does not fit into memory is searched in the database',
  async (_, request) => {
    const walk = async (library: PhotoLibrary) => {
      const collection = (await library.store.listAll())[0]!;
      const hits = [];
      const totals = [];
      for (let after: string | undefined; ; ) {
        const page = await search(library, library.session, {
          ...{ collection, first: 90, after },
          ...request,
        });
        hits.push(...page.hits);
        totals.push([page.total, page.histogram?.counts.reduce((a, b) => a + b, 0)]);
        // So few that all are compared.
        expect([page.exact, page.scanned]).toEqual([true, 207]);
        after = page.hits.at(-1)?.cursor;
        if (!page.hasNext) return { hits, totals };
      }
    };
    const [inMemory, inDatabase] = [await walk(libraries[1]!), await walk(outgrown)];
    expect(inDatabase.totals).toEqual(inMemory.totals);
    const found = ({ hits }: typeof inMemory) => hits.map(({ item }) => item.key);
    expect(found(inDatabase).toSorted()).toEqual(found(inMemory).toSorted());
    for (const [i, { item, score }] of inDatabase.hits.entries()) {
      const same = inMemory.hits.find((hit) => hit.item.key === item.key)!;
      expect(score).toBeCloseTo(same.score, 3);
      // Equal but for rounding, so they may change places.
      expect(inMemory.hits[i]!.score).toBeCloseTo(score, 3);
    }
  },
);

test.each<[string, Omit<SearchRequest, 'collection' | 'first'>]>([
  ['a text', { terms: [{ text: 'boat' }], relevance: 'ALL' }],
  ['words of which there is nothing', { terms: [{ text: 'pizza' }] }],
  [
    'a filter',
    { terms: [{ text: 'hills' }], relevance: 'ALL', where: { field: 'n', op: 'gt', value: 2 } },
  ],
  [
    'an order of values',
    {
      terms: [{ text: 'sea' }],
      relevance: 'ALL',
      orderBy: { by: { field: 'n' }, descending: true },
    },
  ],
])(
  'by %s, an exact search of more than the nearest finds the same in memory and in the database',
  async (_, request) => {
    const walk = async (library: PhotoLibrary) => {
      const collection = (await library.store.listAll())[1]!;
      const scores: number[] = [];
      const pages = [];
      for (let after: string | undefined; ; ) {
        const page = await search(library, library.session, {
          ...{ collection, first: 800, exact: true, after },
          ...request,
        });
        const { hits, total, histogram, scanned, exact, hasNext } = page;
        const found = hits.map(({ item, cosine }) => [item.key, cosine]);
        pages.push({ found, total, counts: histogram!.counts, scanned, exact, hasNext });
        for (const { score } of hits) scores.push(score);
        after = hits.at(-1)?.cursor;
        if (!hasNext) return { pages, scores };
      }
    };
    const expected = await walk(libraries[0]!);
    for (const page of expected.pages) expect([page.exact, page.scanned]).toEqual([true, MANY]);
    for (const library of [libraries[1]!, outgrown]) {
      const { pages, scores } = await walk(library);
      expect(pages).toEqual(expected.pages);
      for (const [i, score] of scores.entries()) expect(score).toBeCloseTo(expected.scores[i]!, 3);
    }
  },
);

/** A store that gives items to index in smaller batches. */
const inBatches = (
  store: CollectionStore,
  rowsOfOne: number,
  beforeEach: () => void,
): CollectionStore => ({
  ...store,
  changes: async function* (collection, since) {
    const { dimensions } = collection.space;
    for await (const batch of store.changes(collection, since)) {
      for (let from = 0; from < batch.rows.length; from += rowsOfOne) {
        const to = from + rowsOfOne;
        beforeEach();
        yield {
          ...batch,
          rows: batch.rows.slice(from, to),
          vectors: batch.vectors.slice(from * dimensions, to * dimensions),
        };
      }
    }
  },
});

test('an exact search of many batches has one index for them, and finds what one of a single batch does', async () => {
  const collection = (await outgrown.store.listAll())[1]!;
  const request = { terms: [{ text: 'boat' }], relevance: 'ALL' as const, first: 50, exact: true };
  const created = vi.spyOn(FlatIndex, 'create');
  const { timing: _, ...expected } = await search(outgrown, outgrown.session, {
    ...request,
    collection,
  });
  let batches = 0;
  const store = inBatches(outgrown.store, 100, () => batches++);
  const indexes = created.mock.calls.length;
  const { timing: __, ...found } = await search({ ...outgrown, store }, outgrown.session, {
    ...request,
    collection,
  });
  expect(batches).toBe(MANY / 100);
  expect(created).toHaveBeenCalledTimes(2 * indexes);
  created.mockRestore();
  expect(JSON.stringify(found)).toBe(JSON.stringify(expected));
});

test('an exact search that nobody waits for any more ends before the next batch', async () => {
  const collection = (await outgrown.store.listAll())[1]!;
  const waiting = new AbortController();
  let batches = 0;
  const store = inBatches(outgrown.store, 100, () => {
    batches++;
    if (batches === 3) waiting.abort(new Error('gone'));
  });
  const { model, loaders } = outgrown.session;
  const session = { model, loaders: { ...loaders, signal: waiting.signal } };
  const request = { collection, terms: [{ text: 'boat' }], first: 5, exact: true };
  await expect(search({ ...outgrown, store }, session, request)).rejects.toThrow('gone');
  expect(batches).toBe(3);
});

test('without exact, more than the nearest are estimated, and the answer says that it may miss some', async () => {
  const collection = (await outgrown.store.listAll())[1]!;
  const request = { collection, terms: [{ text: 'boat' }], relevance: 'ALL' as const, first: 10 };
  expect(await search(outgrown, outgrown.session, request)).toMatchObject({ exact: false });
});

test('all that is like an item is found among more than the nearest, exactly', async () => {
  const like = async (library: PhotoLibrary, exact: boolean) => {
    const collection = (await library.store.listAll())[1]!;
    const { hits, ...answer } = await moreLike(library, library.session, 'noise7', {
      ...{ collection, first: 5, relevance: 'ALL', exact },
    });
    const found = hits.map(({ item, cosine }) => [item.key, cosine]);
    return { found, total: answer.total, exact: answer.exact };
  };
  const expected = await like(libraries[0]!, false);
  expect(expected).toMatchObject({ total: MANY - 1, exact: true });
  expect(await like(libraries[1]!, true)).toEqual(expected);
  expect(await like(outgrown, true)).toEqual(expected);
});

test('what is like an item, and what is about the same, is so on each engine', async () => {
  const [first, ...others] = await answers(async (library) => {
    const collection = (await library.store.listAll())[0]!;
    const { groups } = await duplicates(library, collection, 'SAME_PICTURE');
    const like = await moreLike(library, library.session, 'march-pastoral', {
      collection,
      first: 5,
      relevance: 'ALL',
    });
    return {
      groups: groups.map(({ members }) => members.map(({ item }) => item.key)),
      like: like.hits.map(({ item, cosine }) => [item.key, cosine]),
    };
  });
  expect(first!.groups).not.toEqual([]);
  for (const other of others) expect(other).toEqual(first);
});
