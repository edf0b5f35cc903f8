import { BACKGROUND_WORDS, FlatIndex, normalized, RowValues } from '@clipql/core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { allLevels } from '../../collections/all-levels.ts';
import type { Collection } from '../../collections/collection.ts';
import { LiveIndexes } from '../../collections/live-indexes.ts';
import type { CollectionStore } from '../../collections/store.ts';
import { BACKGROUND } from './background-of.ts';
import { duplicates } from './duplicates.ts';
import { moreLike } from './more-like.ts';
import { search } from './search.ts';
import type { SearchRequest } from './search-request.ts';
import type { SearchTerm } from './search-term.ts';
import {
  newItem,
  openPhotoLibrary,
  type PhotoLibrary,
  randomDirection,
} from './testing/photo-library.ts';

let library: PhotoLibrary;
let photos: Collection;
let many: Collection;

const MANY = 330;
/** More than what a process computes by itself. */
const LARGE = 4_200;

beforeAll(async () => {
  library = await openPhotoLibrary();
  photos = await library.create('photos');
  await library.store.upsert(photos, await library.photographs());
  many = await library.create('many');
  const items = Array.from({ length: MANY }, (_, i) =>
    // Every third has the vector of the one before, so that there are equal scores.
    newItem(`item${(7 * i) % MANY}`, randomDirection(i % 3 === 2 ? i - 1 : i), {
      even: i % 2 === 0,
      n: i % 5,
    }),
  );
  await library.store.upsert(many, items);
});
afterAll(() => library.close());

const ask = (request: Partial<SearchRequest> & Pick<SearchRequest, 'terms'>) =>
  search(library, library.session, { collection: photos, first: 20, ...request });

const keys = ({ hits }: Awaited<ReturnType<typeof ask>>) => hits.map(({ item }) => item.key);

describe('search', () => {
  test('finds a photograph by a word, and nothing by words of which there is none', async () => {
    const found = await ask({ terms: [{ text: 'boat' }] });
    expect(keys(found)).toEqual(['nagasaki-boats']);
    expect(found).toMatchObject({ total: 1, exact: true, hasNext: false, scanned: 7 });
    const [hit] = found.hits;
    expect(hit!.relevance).toBeGreaterThan(0.5);
    expect(hit!.cosine).toBeGreaterThan(0.1);
    expect(hit!.shares).toEqual([1]);
    expect(keys(await ask({ terms: [{ text: 'sheep' }] }))).toEqual(['march-pastoral']);
    for (const text of ['guitar', 'pizza', 'tiger', 'telephone']) {
      const nothing = await ask({ terms: [{ text }] });
      expect(nothing, text).toMatchObject({ hits: [], total: 0, cut: Number.POSITIVE_INFINITY });
    }
  });

  test('all items come in order where relevance is not asked for, and the histogram counts them', async () => {
    const all = await ask({ terms: [{ text: 'mountain' }], relevance: 'ALL' });
    expect(all.total).toBe(7);
    expect(keys(all)[0]).toBe('french-alpine-landscape');
    expect(all.histogram!.counts.reduce((a, b) => a + b, 0)).toBe(7);
    const some = await ask({ terms: [{ text: 'mountain' }], relevance: { atLeast: 0.5 } });
    expect(some.hits.every(({ relevance }) => relevance >= 0.499)).toBe(true);
    expect(some.total).toBe(all.hits.filter(({ relevance }) => relevance >= 0.5).length);
  });

  test('a term less another leaves out what shows the other', async () => {
    const plain = await ask({ terms: [{ text: 'mountain' }], relevance: 'ALL' });
    const without = await ask({
      terms: [{ text: 'mountain' }, { text: 'cliff', weight: -1 }],
      relevance: 'ALL',
    });
    expect(keys(plain).indexOf('black-canyon')).toBeLessThan(keys(without).indexOf('black-canyon'));
    for (const { shares } of without.hits) {
      expect(Math.abs(shares[0]!) + Math.abs(shares[1]!)).toBeCloseTo(1, 5);
    }
  });

  test('filters apply before the scan: a page is full whenever enough items pass', async () => {
    const where = { field: 'even', op: 'eq', value: true } as const;
    const terms = [{ embedding: { values: randomDirection(4) } }];
    const page = await ask({ collection: many, terms, where, relevance: 'ALL', first: 100 });
    expect(page.hits.length).toBe(100);
    expect(page.total).toBe(MANY / 2);
    expect(page.hits.every(({ item }) => item.metadata.even === true)).toBe(true);
  });
});

describe('what takes long', () => {
  test('is computed once for all processes: the next has the same hits from what the first has kept', async () => {
    const large = await library.create('large');
    const photographs = await library.photographs();
    const items = Array.from({ length: LARGE }, (_, i) => newItem(`k${i}`, randomDirection(i)));
    await library.store.upsert(large, [...photographs, ...items]);
    const first = await ask({ collection: large, terms: [{ text: 'boat' }], relevance: 'ALL' });

    const floats = BACKGROUND_WORDS.length * photos.space.dimensions;
    // No search waits for the disk.
    await expect
      .poll(async () => (await library.store.prompts(photos.space, BACKGROUND))?.length)
      .toBe(floats);
    await expect
      .poll(async () => (await allLevels(library.store, large, BACKGROUND)).rows.length)
      .toBe(photographs.length + LARGE);

    const another = await library.another();
    const request = { collection: large, first: 20, terms: [{ text: 'boat' }] };
    const next = await search(another, library.session, { ...request, relevance: 'ALL' });
    expect(next.hits).toEqual(first.hits);
    expect(next.cut).toBe(first.cut);

    // Nothing but what is kept can make every item equally unlike the words.
    const odd = await library.create('odd');
    await library.store.upsert(odd, photographs);
    const rows = Uint32Array.from({ length: 20 }, (_, row) => row);
    const levels = new RowValues(rows, new Float32Array(20).fill(50));
    await library.store.keepLevels(odd, BACKGROUND, levels, { after: -1, replace: false });
    expect((await ask({ collection: odd, terms: [{ text: 'boat' }] })).total).toBe(0);
  });
});

describe('pages', () => {
  const terms: SearchTerm[] = [{ embedding: { values: randomDirection(4) } }];

  test('follow each other by score and then by key, each item once, while others write', async () => {
    const collection = await library.create('busy');
    const items = Array.from({ length: 300 }, (_, i) =>
      newItem(`k${i}`, randomDirection(i - (i % 3))),
    );
    await library.store.upsert(collection, items);
    const seen: { key: string; score: number }[] = [];
    for (let after: string | undefined; ; ) {
      const page = await ask({ collection, terms, relevance: 'ALL', first: 37, after });
      expect(page.exact).toBe(true);
      seen.push(...page.hits.map(({ item, score }) => ({ key: item.key, score })));
      if (!page.hasNext) break;
      after = page.hits.at(-1)!.cursor;
      // One that comes before what was seen, and one that was seen goes.
      await library.store.upsert(collection, [newItem(`new${seen.length}`, randomDirection(4))]);
      await library.store.remove(collection, [page.hits.at(-1)!.item.key]);
    }
    const old = seen.filter(({ key }) => key.startsWith('k'));
    expect(new Set(old.map(({ key }) => key)).size).toBe(300);
    expect(old.length).toBe(300);
  });

  test('equal scores are in the order of keys', async () => {
    const { hits } = await ask({ collection: many, terms, relevance: 'ALL', first: 330 });
    const pairs = hits.slice(1).map((hit, i) => [hits[i]!, hit] as const);
    const equal = pairs.filter(([a, b]) => a.score === b.score);
    expect(equal.length).toBeGreaterThan(50);
    for (const [a, b] of equal) expect(a.item.key < b.item.key).toBe(true);
    for (const [a, b] of pairs) expect(a.score).toBeGreaterThanOrEqual(b.score);
  });

  test('come in the order of metadata too, with their relevance', async () => {
    const orderBy = { by: { field: 'length' }, descending: true } as const;
    const request = { terms: [{ text: 'mountain' }], relevance: 'ALL', orderBy, first: 4 } as const;
    const first = await ask(request);
    const second = await ask({ ...request, after: first.hits.at(-1)!.cursor });
    const lengths = [...first.hits, ...second.hits].map(
      ({ item }) => item.metadata.length as number,
    );
    expect(lengths.length).toBe(7);
    expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
    expect(second.hasNext).toBe(false);
  });

  test('of another query are refused', async () => {
    const { hits } = await ask({ collection: many, terms, relevance: 'ALL', first: 1 });
    const after = hits[0]!.cursor;
    const others: Partial<SearchRequest>[] = [
      { terms: [{ embedding: { values: randomDirection(5) } }] },
      { terms: [...terms, { text: 'dog' }] },
      { where: { field: 'even', op: 'eq', value: true } },
      { relevance: 'AUTO' },
      { orderBy: { by: 'key', descending: false } },
      { collection: photos },
    ];
    for (const other of others) {
      const request = { collection: many, terms, relevance: 'ALL', after, ...other } as const;
      await expect(ask(request), JSON.stringify(other)).rejects.toMatchObject({
        code: 'BAD_CURSOR',
      });
    }
    for (const bad of ['', 'x', Buffer.from('[1,2]').toString('base64url')]) {
      await expect(ask({ collection: many, terms, after: bad })).rejects.toMatchObject({
        code: 'BAD_CURSOR',
      });
    }
  });
});

test('moreLike ranks the other items, without the item itself', async () => {
  const request = { collection: photos, first: 3, relevance: 'ALL' } as const;
  const { hits, total } = await moreLike(library, library.session, 'black-canyon', request);
  expect(hits[0]!.item.key).toBe('french-alpine-landscape');
  expect(hits.map(({ item }) => item.key)).not.toContain('black-canyon');
  expect(total).toBe(6);
});

test('duplicates are groups around one item: the same bytes, the same picture, nearly the same', async () => {
  const collection = await library.create('duplicates');
  const base = randomDirection(1);
  const away = (cosine: number, seed: number) => {
    const other = randomDirection(seed);
    const along = other.reduce((sum, value, i) => sum + value * base[i]!, 0);
    const side = normalized(other.map((value, i) => value - along * base[i]!));
    return base.map((value, i) => cosine * value + Math.sqrt(1 - cosine ** 2) * side[i]!);
  };
  await library.store.upsert(collection, [
    newItem('copy', base, {}, 'f'.repeat(64)),
    newItem('a', base, {}, 'f'.repeat(64)),
    newItem('resaved', away(0.995, 2)),
    newItem('cropped', away(0.985, 3)),
    newItem('other', randomDirection(9)),
  ]);
  const found = async (level: Parameters<typeof duplicates>[2]) =>
    (await duplicates(library, await library.store.find('', 'duplicates'), level)).groups.map(
      ({ representative, members }) =>
        [representative, ...members.map(({ item }) => item)].map(({ key }) => key).join(),
    );
  expect(await found('SAME_BYTES')).toEqual(['a,copy']);
  expect(await found('SAME_PICTURE')).toEqual(['a,copy,resaved']);
  expect(await found('NEARLY_SAME')).toEqual(['a,copy,resaved,cropped']);
});

describe('what nobody waits for any more ends', () => {
  /** A library's store that aborts before it does something for the n-th time. */
  const abandoned = (method: 'changes' | 'vectors', times: number) => {
    const waiting = new AbortController();
    let calls = 0;
    const { store } = library;
    const counted = (...args: readonly unknown[]) => {
      calls++;
      if (calls === times) waiting.abort(new Error('gone'));
      return Reflect.apply(store[method], store, args);
    };
    const services = {
      store: { ...store, [method]: counted } as CollectionStore,
      signal: waiting.signal,
    };
    const indexes = new LiveIndexes(services.store, { maxBytes: 2 ** 28 });
    return { ...services, indexes, calls: () => calls };
  };

  test('a search, once its index is there', async () => {
    const { signal, indexes, ...services } = abandoned('changes', 1);
    const { model, loaders } = library.session;
    const session = { model, loaders: { ...loaders, signal } };
    const request = { collection: many, terms: [{ text: 'boat' }], first: 5 };
    const scans = vi.spyOn(FlatIndex.prototype, 'scores');
    await expect(search({ ...services, indexes }, session, request)).rejects.toThrow('gone');
    expect(scans).not.toHaveBeenCalled();
    scans.mockRestore();
    await indexes.dispose();
  });

  test('a search for duplicates, with the queries that it is at', async () => {
    const { signal, indexes, calls, ...services } = abandoned('vectors', 3);
    const scans = vi.spyOn(FlatIndex.prototype, 'search');
    await expect(
      duplicates({ ...services, indexes }, many, 'NEARLY_SAME', { signal }),
    ).rejects.toThrow('gone');
    // For the average distance, for the first 16 queries, and for what the index scores exactly of each.
    expect(calls()).toBe(18);
    expect(scans).toHaveBeenCalledTimes(1);
    scans.mockRestore();
    await indexes.dispose();
  });
});

test('pictures of a collection that does not fit into memory are not compared, but their bytes are', async () => {
  const { store } = library;
  const collection = await library.create('outgrown');
  const items = ['a', 'b'].map((key) => newItem(key, randomDirection(1), {}, 'f'.repeat(64)));
  await store.upsert(collection, items);
  const services = { store, indexes: new LiveIndexes(store, { maxBytes: 100 }) };
  const outgrown = await store.find('', 'outgrown');
  await expect(duplicates(services, outgrown, 'SAME_PICTURE')).rejects.toMatchObject({
    code: 'COLLECTION_TOO_LARGE',
    message: expect.stringContaining('--index-memory, of 100 bytes'),
  });
  expect((await duplicates(services, outgrown, 'SAME_BYTES')).total).toBe(1);
});

describe('bad input is one error with a code', () => {
  const values = randomDirection(1);
  test.each<[string, Partial<SearchRequest>, string]>([
    ['no terms', { terms: [] }, 'BAD_INPUT'],
    ['10,000 terms', { terms: Array(10_000).fill({ text: 'dog' }) }, 'TOO_MANY_TERMS'],
    ['a term with a text and an item', { terms: [{ text: 'dog', item: 'x' }] }, 'BAD_INPUT'],
    ['a term of nothing', { terms: [{ weight: 2 }] }, 'BAD_INPUT'],
    ['an empty text', { terms: [{ text: ' ' }] }, 'BAD_INPUT'],
    ['an unknown item', { terms: [{ item: 'nobody' }] }, 'UNKNOWN_ITEM'],
    [
      'NaN in an embedding',
      { terms: [{ embedding: { values: [Number.NaN, ...values.slice(1)] } }] },
      'BAD_INPUT',
    ],
    [
      'an embedding too large for float32',
      { terms: [{ embedding: { values: [1e300, ...values.slice(1)] } }] },
      'BAD_INPUT',
    ],
    ['an embedding of another length', { terms: [{ embedding: { values: [1, 2] } }] }, 'BAD_INPUT'],
    ['zeros', { terms: [{ embedding: { values: new Float32Array(256) } }] }, 'BAD_INPUT'],
    ['a weight that is not finite', { terms: [{ text: 'dog', weight: Number.NaN }] }, 'BAD_INPUT'],
    [
      'a term less itself',
      { terms: [{ embedding: { values } }, { embedding: { values }, weight: -1 }] },
      'BAD_INPUT',
    ],
    ['a text less itself', { terms: [{ text: 'dog' }, { text: 'dog', weight: -1 }] }, 'BAD_INPUT'],
    ['a page of no hits', { first: 0 }, 'BAD_INPUT'],
    ['a page of a million', { first: 1_000_000 }, 'BAD_INPUT'],
    ['a relevance above 1', { relevance: { atLeast: 1.5 } }, 'BAD_INPUT'],
    [
      'a filter on a field that is not there',
      { where: { field: 'x', op: 'eq', value: 1 } },
      'BAD_FILTER',
    ],
    [
      'vectors of another model',
      {
        collection: {
          id: 1,
          space: { hash: 'b'.repeat(64), model: 'nano', dimensions: 128 },
        } as Collection,
      },
      'COLLECTION_MODEL_MISMATCH',
    ],
  ])('%s', async (_, request, code) => {
    await expect(ask({ terms: [{ text: 'dog' }], ...request })).rejects.toMatchObject({ code });
  });
});
