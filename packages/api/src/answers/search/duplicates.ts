import { duplicateGroups, type FlatIndex, type NearPair } from '@clipql/core';
import type { Collection } from '../../collections/collection.ts';
import type { Item } from '../../collections/item.ts';
import { itemsByKey } from '../../collections/items-by-key.ts';
import type { EqualFilesQuery } from '../../collections/store.ts';
import { checkComparedItems } from '../../limits/search.ts';
import type { SearchServices } from './search.ts';

/** How alike duplicates are: files of the same bytes, one picture saved again, or pictures that are nearly the same. */
export type DuplicateLevel = 'SAME_BYTES' | 'SAME_PICTURE' | 'NEARLY_SAME';

export interface Duplicates {
  /** The largest first; ties are settled by key. */
  readonly groups: readonly DuplicateItems[];
  /** How many groups there are. */
  readonly total: number;
}

/** Items that are about the same as one of them; a group is no chain. */
export interface DuplicateItems {
  readonly representative: Item;
  /** The most alike first. */
  readonly members: readonly { readonly item: Item; readonly cosine: number }[];
}

/** How much is wanted, and by whom. */
interface Wanted extends EqualFilesQuery {
  /** Tells when nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * How far apart two pictures may be, as a part of how far apart those of the collection are on average: models
 * differ in how much of the sphere their images take. `docs/search.md` says what is found.
 */
const MOST_DISTANCE: Readonly<Record<Exclude<DuplicateLevel, 'SAME_BYTES'>, number>> = {
  SAME_PICTURE: 0.027,
  NEARLY_SAME: 0.067,
};
/** 1 − cosine, where a collection has hardly anything but duplicates. */
const LEAST_AVERAGE_DISTANCE = 0.35;
/** Of the collection, for its average distance. */
const SAMPLE = 256;
/** Neighbours that are looked for; a group has at most as many members. */
const MAX_NEIGHBOURS = 256;
/** Items that are read at a time. */
const ITEMS_A_READ = 1_000;
/** Queries of one scan. */
const QUERIES = 16;

/**
 * Groups the items that are about the same.
 *
 * @param wanted how many groups, and members of each; all unless given.
 * @throws ApiError COLLECTION_TOO_LARGE unless it is the bytes that are compared; what the store throws; the signal's
 *   reason once it is aborted.
 */
export async function duplicates(
  { store, indexes }: SearchServices,
  collection: Collection,
  level: DuplicateLevel,
  { signal, ...wanted }: Wanted = {},
): Promise<Duplicates> {
  if (level === 'SAME_BYTES') return sameBytes(store, collection, wanted);
  checkComparedItems(collection.items);
  indexes.checkFits(collection);
  const items = await allItems(store, collection, signal);
  const pairs = await indexes.use(collection, (index) =>
    nearPairs(index, store, collection, {
      rows: [...items.keys()],
      mostDistance: MOST_DISTANCE[level],
      signal,
    }),
  );
  // Rows come in the order in which pictures were indexed, which differs from run to run. Places among the keys do not.
  const inOrder = [...items.values()];
  const place = new Map([...items.keys()].map((row, i) => [row, i]));
  const found = pairs.flatMap(({ a, b, cosine }) => {
    const [first, second] = [place.get(a), place.get(b)];
    return first === undefined || second === undefined ? [] : [{ a: first, b: second, cosine }];
  });
  const groups = duplicateGroups(found);
  return {
    total: groups.length,
    groups: groups.slice(0, wanted.groups).map(({ representative, members }) => ({
      representative: inOrder[representative]!,
      members: members
        .slice(0, wanted.members)
        .map(({ row, cosine }) => ({ item: inOrder[row]!, cosine })),
    })),
  };
}

/** Only what is in a group is read, a page at a time. */
async function sameBytes(
  store: SearchServices['store'],
  collection: Collection,
  wanted: EqualFilesQuery,
): Promise<Duplicates> {
  const { groups, total } = await store.equalFiles(collection, wanted);
  const rows = groups.flat();
  const items = new Map<number, Item>();
  for (let start = 0; start < rows.length; start += ITEMS_A_READ) {
    const page = await store.itemsOfRows(collection, rows.slice(start, start + ITEMS_A_READ));
    for (const item of page) if (item !== undefined) items.set(item.row, item);
  }
  return {
    total,
    groups: groups.flatMap((group) => {
      // Others may have removed some since.
      const [representative, ...members] = group.flatMap((row) => items.get(row) ?? []);
      if (representative === undefined || members.length === 0) return [];
      return [{ representative, members: members.map((item) => ({ item, cosine: 1 })) }];
    }),
  };
}

/** By row, in the order of their keys. */
async function allItems(
  store: SearchServices['store'],
  collection: Collection,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<number, Item>> {
  const items = new Map<number, Item>();
  for await (const page of itemsByKey(store, collection)) {
    signal?.throwIfAborted();
    for (const item of page) items.set(item.row, item);
  }
  return items;
}

interface Compared {
  readonly rows: readonly number[];
  /** As a part of the average. */
  readonly mostDistance: number;
  readonly signal: AbortSignal | undefined;
}

async function nearPairs(
  index: FlatIndex,
  store: SearchServices['store'],
  collection: Collection,
  { rows, mostDistance, signal }: Compared,
): Promise<readonly NearPair[]> {
  const least = 1 - mostDistance * (await averageDistance(store, collection, rows));
  const pairs: NearPair[] = [];
  for (let start = 0; start < rows.length; start += QUERIES) {
    signal?.throwIfAborted();
    const some = rows.slice(start, start + QUERIES);
    const vectors = await store.vectors(collection, some);
    const present = some.flatMap((row, i) => (vectors[i] ? [{ row, vector: vectors[i] }] : []));
    if (present.length === 0) continue;
    const queries = new Float32Array(present.length * index.dimensions);
    present.forEach(({ vector }, i) => {
      queries.set(vector, i * index.dimensions);
    });
    const hits = await index.search(queries, { k: MAX_NEIGHBOURS, signal });
    for (const [i, { row: a }] of present.entries()) {
      for (const [j, b] of hits[i]!.rows.entries()) {
        const cosine = hits[i]!.scores[j]!;
        if (cosine >= least && a !== b) pairs.push({ a, b, cosine: Math.min(1, cosine) });
      }
    }
  }
  return pairs;
}

/** 1 less the cosine of two items, on average: that is 1 less the square of their mean's length. */
async function averageDistance(
  store: SearchServices['store'],
  collection: Collection,
  rows: readonly number[],
): Promise<number> {
  const step = Math.max(1, Math.floor(rows.length / SAMPLE));
  const some = rows.filter((_, i) => i % step === 0);
  const vectors = (await store.vectors(collection, some)).filter((vector) => vector !== undefined);
  const sum = new Float64Array(collection.space.dimensions);
  for (const vector of vectors) for (let i = 0; i < sum.length; i++) sum[i]! += vector[i]!;
  const squares = sum.reduce(
    (total, value) => total + (value / Math.max(1, vectors.length)) ** 2,
    0,
  );
  return Math.max(LEAST_AVERAGE_DISTANCE, 1 - squares);
}
