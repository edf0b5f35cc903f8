import {
  type MixedQuery,
  queryCosine,
  type Relevance,
  RowSet,
  type RowValues,
  scoreItem,
  termShares,
} from '@clipql/core';
import type { Collection } from '../../collections/collection.ts';
import type { Item } from '../../collections/item.ts';
import type { CollectionStore, Order } from '../../collections/store.ts';
import { ApiError } from '../../errors/api-error.ts';
import { LoopSlices } from '../../limits/loop-slices.ts';
import { highestRows } from './highest-rows.ts';
import { eachPiece } from './row-pieces.ts';
import { decodeSearchCursor, encodeSearchCursor } from './search-cursor.ts';
import type { ResolvedTerm } from './search-term.ts';

/** An item that was found. */
export interface SearchHit {
  readonly item: Item;
  /** With the query, −1 to 1. */
  readonly cosine: number;
  /** 0 to 1. */
  readonly relevance: number;
  /** What hits are ordered by: log odds for one text, standard deviations for any other query. */
  readonly score: number;
  /** For each term, how much of the score it is for; the absolute values add up to 1. */
  readonly shares: readonly number[];
  readonly cursor: string;
}

export interface HitPage {
  readonly hits: readonly SearchHit[];
  readonly hasNext: boolean;
  /** Whether the order is surely that of exact scores, and no row is missing by the rounding of the 8-bit scan. */
  readonly exact: boolean;
}

/** Scores of a query, as the 8-bit scan has them. */
export interface Scored {
  /** NaN for what is no hit. */
  readonly scores: RowValues;
  /** By row. */
  readonly levels: Pick<ReadonlyMap<number, number>, 'get'>;
  readonly query: MixedQuery;
  readonly terms: readonly ResolvedTerm[];
  readonly relevance: Relevance;
}

/** The nearest items of a query, as a database found them. */
export interface Nearest extends Omit<Scored, 'scores'> {
  readonly rows: readonly number[];
  /** [E] each, of the rows. */
  readonly vectors: readonly Float32Array[];
  /** The lowest score of a hit; all are hits unless given. */
  readonly cut: number | undefined;
}

export interface PageOrder {
  readonly first: number;
  readonly after: string | undefined;
  /** The query's hash, which cursors carry. */
  readonly query: string;
}

/** Rows that are scored exactly: this many times as many as asked for, and at least so many. */
const RESCORED_TIMES = 4;
const MIN_RESCORED = 256;
/** Where scores lie so close together that more would have to be, the page is not exact. */
const MAX_RESCORED = 8_192;
/** Of a row of length 1 and a query of length 1, the 8-bit scan is off by less. */
const SCAN_ERROR = 0.01;
/** The greatest error of those scored exactly, times this, bounds that of the others. */
const ERROR_MARGIN = 1.5;

/** The page after a cursor, the most relevant first; equally relevant ones by key. */
export async function pageByRelevance(
  store: CollectionStore,
  collection: Collection,
  scored: Scored,
  { first, after, query }: PageOrder,
): Promise<HitPage> {
  const last = await positionOf(store, collection, scored, after, query);
  const scanError = SCAN_ERROR * Math.hypot(...scored.query.vector);
  const atMost = last === undefined ? undefined : last.score + scanError;
  for (let most = Math.max(RESCORED_TIMES * first, MIN_RESCORED); ; most *= RESCORED_TIMES) {
    const best = await highestRows(scored.scores, most, atMost);
    const scanned = new Map(best.map(({ row, score }) => [row, score]));
    const found = await scoreExactly(store, collection, scored, [...scanned.keys()]);
    const next = found.filter((hit) => last === undefined || isBefore(last, hit)).sort(inOrder);
    const isAll = best.length < most;
    const error = found.reduce(
      (error, { item, score }) => Math.max(error, Math.abs(score - scanned.get(item.row)!)),
      0,
    );
    // No row that was left out can be above this.
    const bound = isAll ? Number.NEGATIVE_INFINITY : best.at(-1)!.score + ERROR_MARGIN * error;
    const end = next[Math.min(first, next.length) - 1];
    const exact = isAll || (next.length > first && end!.score >= bound);
    if (!exact && most < MAX_RESCORED) continue;
    const hits = withCursors(next.slice(0, first), query);
    return { hits, hasNext: next.length > first || !isAll, exact };
  }
}

/** The page after a cursor among the nearest, which are all the hits that there are. */
export async function pageOfNearest(
  store: CollectionStore,
  collection: Collection,
  nearest: Nearest,
  { first, after, query }: PageOrder,
): Promise<HitPage & { readonly found: number }> {
  const { cut = Number.NEGATIVE_INFINITY } = nearest;
  const last = await positionOf(store, collection, nearest, after, query);
  const scored = await scoreExactly(store, collection, nearest, nearest.rows, nearest.vectors);
  const found = scored.filter(({ score }) => score >= cut).sort(inOrder);
  const next = found.filter((hit) => last === undefined || isBefore(last, hit));
  const hits = withCursors(next.slice(0, first), query);
  return { hits, hasNext: next.length > first, exact: false, found: found.length };
}

/** The page after a cursor, in the order of a field. */
export async function pageInOrder(
  store: CollectionStore,
  collection: Collection,
  scored: Omit<Nearest, 'rows' | 'vectors' | 'cut'>,
  rows: RowSet,
  { first, after, query, orderBy }: PageOrder & { readonly orderBy: Order },
): Promise<HitPage> {
  const position = after === undefined ? undefined : decodeSearchCursor(after, query);
  if (position !== undefined && !('inner' in position)) throw badCursor();
  const page = await store.page(collection, { rows, orderBy, first, after: position?.inner });
  const found = await scoreExactly(
    store,
    collection,
    scored,
    page.items.map(({ item }) => item.row),
  );
  const byRow = new Map(found.map(({ key: _, ...hit }) => [hit.item.row, hit]));
  const hits = page.items.flatMap(({ item, cursor: inner }) => {
    const hit = byRow.get(item.row);
    return hit === undefined ? [] : [{ ...hit, cursor: encodeSearchCursor({ inner }, query) }];
  });
  return { hits, hasNext: page.hasNext, exact: true };
}

interface Position {
  readonly score: number;
  readonly key: string;
}

type Found = Omit<SearchHit, 'cursor'> & Position;

const withCursors = (found: readonly Found[], query: string): readonly SearchHit[] =>
  found.map(({ key, ...hit }) => ({
    ...hit,
    cursor: encodeSearchCursor({ row: hit.item.row, score: hit.score, key }, query),
  }));

/** Of equal scores, keys in the order of their code points, as the store has them. */
const inOrder = (a: Position, b: Position): number =>
  b.score - a.score || Buffer.compare(Buffer.from(a.key), Buffer.from(b.key));

const isBefore = (a: Position, b: Position): boolean => inOrder(a, b) < 0;

/**
 * Where to go on. A mixed query's scores move a little when the collection does, so that of the last hit is taken
 * anew if its item is still there.
 */
async function positionOf(
  store: CollectionStore,
  collection: Collection,
  { query, levels }: Pick<Nearest, 'levels' | 'query'>,
  after: string | undefined,
  hash: string,
): Promise<Position | undefined> {
  if (after === undefined) return undefined;
  const position = decodeSearchCursor(after, hash);
  if ('inner' in position) throw badCursor();
  const [vector] = await store.vectors(collection, [position.row]);
  const level = levels.get(position.row);
  if (vector === undefined || level === undefined || Number.isNaN(level)) return position;
  return { key: position.key, score: Math.fround(scoreItem(query, vector, level)) };
}

/** @param known vectors of the rows; they are read unless given. */
async function scoreExactly(
  store: CollectionStore,
  collection: Collection,
  { query, terms, levels, relevance }: Omit<Nearest, 'rows' | 'vectors' | 'cut'>,
  rows: readonly number[],
  known?: readonly Float32Array[],
): Promise<readonly Found[]> {
  const [vectors, items] = await Promise.all([
    known ?? store.vectors(collection, rows),
    store.itemsOfRows(collection, rows),
  ]);
  const found: Found[] = [];
  const slices = new LoopSlices();
  for (const [i, row] of rows.entries()) {
    const [vector, item] = [vectors[i], items[i]];
    if (vector === undefined || item === undefined) continue;
    await slices.next();
    const level = levels.get(row)!;
    const score = Math.fround(scoreItem(query, vector, level));
    found.push({
      item,
      key: item.key,
      score,
      cosine: queryCosine(query, terms, vector),
      relevance: relevance.of(score),
      shares: termShares(query, vector, level),
    });
  }
  return found;
}

/** Those that have a score. */
export async function hitRows({ rows, values }: RowValues): Promise<RowSet> {
  const words = new Uint32Array(rows.length === 0 ? 0 : (rows.at(-1)! >>> 5) + 1);
  await eachPiece(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const row = rows[i]!;
      if (!Number.isNaN(values[i]!)) words[row >>> 5]! |= 1 << (row & 31);
    }
  });
  return new RowSet(words);
}

const badCursor = () =>
  new ApiError('BAD_CURSOR', 'expected a cursor of this query, got one of another order');
