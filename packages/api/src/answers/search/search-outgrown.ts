import {
  type Background,
  countScores,
  type Histogram,
  type MixedQuery,
  mixTerms,
  type Relevance,
  RowSet,
  scoreItem,
  standoutRelevance,
  TextScores,
} from '@clipql/core';
import type { Collection } from '../../collections/collection.ts';
import type { Filter } from '../../collections/filter.ts';
import type { CollectionStore, Order } from '../../collections/store.ts';
import type { VectorSearch } from '../../collections/vector-search.ts';
import { type Bulk, bulkOf, levelsOf } from './bulk.ts';
import {
  type HitPage,
  type Nearest,
  type PageOrder,
  pageInOrder,
  pageOfNearest,
} from './hit-page.ts';
import { PARTS } from './score-rows.ts';
import type { ResolvedTerm } from './search-term.ts';

/** The most hits that there can be. */
const NEAREST = 1_000;

interface Outgrown {
  readonly collection: Collection;
  readonly terms: readonly ResolvedTerm[];
  readonly background: Background;
  readonly where: Filter | undefined;
  /** A row that is no hit. */
  readonly except: number | undefined;
  readonly cutOf: (relevance: Relevance) => number | undefined;
  readonly order: PageOrder & { readonly orderBy: 'relevance' | Order };
}

interface Answer {
  readonly page: HitPage;
  readonly total: number;
  readonly histogram: Histogram | undefined;
  readonly cut: number | undefined;
  readonly relevance: Relevance;
  /** Items that were scored. */
  readonly scanned: number;
}

/** Items with their scores. */
interface ScoredRows {
  readonly rows: readonly number[];
  readonly scores: Float32Array;
  readonly levels: Readonly<Record<number, number>>;
}

/**
 * Searches a collection that does not fit into memory. Hits are among the nearest that the engine finds. What scores
 * mean follows from all items: the nearest count as they are, and each of a sample of the others for as
 * many as it stands for.
 *
 * @throws what the store throws.
 */
export async function searchOutgrown(
  store: CollectionStore,
  engine: VectorSearch,
  { collection, terms, background, where, except, cutOf, order }: Outgrown,
): Promise<Answer> {
  // The next search is faster; whoever waits for this one does not wait for that. The store tells why it fails.
  engine.prepare(collection).catch(() => {});
  const bulk = await bulkOf(engine, background, collection);
  const query = mixTerms(terms, bulk.spread);
  const nearest = async (filter: Filter | undefined): Promise<ScoredRows> => {
    const found = await engine.nearest(collection, {
      query: query.vector,
      where: filter,
      k: NEAREST,
    });
    const levels = await levelsOf(
      found.map(({ vector }) => vector),
      background,
    );
    return {
      rows: found.map(({ row }) => row),
      scores: Float32Array.from(found, ({ vector }, i) => scoreItem(query, vector, levels[i]!)),
      levels: Object.fromEntries(found.map(({ row }, i) => [row, levels[i]!])),
    };
  };
  const tail = await nearest(undefined);
  const passing = where === undefined ? tail : await nearest(where);
  const rest = restOf(bulk, query, tail);
  const relevance = relevanceOf(query, bulk, tail, rest);
  const cut = cutOf(relevance);
  const kept = passing.rows.map((row) => row !== except);
  const rows = passing.rows.filter((_, i) => kept[i]);
  const scores = passing.scores.filter((_, i) => kept[i]);
  const found: Nearest = { query, terms, relevance, levels: passing.levels, rows, cut };
  const { orderBy } = order;
  const first = await pageOfNearest(store, collection, found, {
    ...order,
    after: orderBy === 'relevance' ? order.after : undefined,
  });
  const hits = rows.filter((_, i) => cut === undefined || scores[i]! >= cut);
  const page =
    orderBy === 'relevance'
      ? first
      : await pageInOrder(store, collection, found, RowSet.of(hits), { ...order, orderBy });
  return {
    page: { ...page, exact: false },
    // Where even the last of the nearest is a hit, there are more.
    total: Math.max(first.found, where === undefined ? first.found + rest.above(cut) : 0),
    histogram: histogramOf(scores, where === undefined ? rest : undefined),
    cut,
    relevance,
    scanned: collection.items,
  };
}

/** Those of the sample that are not among the nearest. */
interface Rest {
  readonly scores: Float32Array;
  /** Items that each stands for. */
  readonly each: number;
  above(cut: number | undefined): number;
}

function restOf({ vectors, levels, items }: Bulk, query: MixedQuery, tail: ScoredRows): Rest {
  const all = Float32Array.from(vectors, (vector, i) => scoreItem(query, vector, levels[i]!));
  const lowest = tail.scores.reduce(
    (least, score) => Math.min(least, score),
    Number.POSITIVE_INFINITY,
  );
  const scores = all.filter((score) => score < lowest);
  const others = Math.max(0, items - tail.rows.length);
  const each = scores.length === 0 ? 0 : others / scores.length;
  return {
    scores,
    each,
    above: (cut = Number.NEGATIVE_INFINITY) =>
      Math.round(each * scores.filter((score) => score >= cut).length),
  };
}

function relevanceOf(query: MixedQuery, bulk: Bulk, tail: ScoredRows, rest: Rest): Relevance {
  if (!query.isText) {
    const sample = Float32Array.from(bulk.vectors, (vector, i) =>
      scoreItem(query, vector, bulk.levels[i]!),
    );
    return standoutRelevance(sample, query.expectedDeviation, bulk.items);
  }
  const scores = new TextScores();
  for (const score of tail.scores) scores.add(score);
  for (const score of rest.scores) scores.add(score, rest.each);
  return scores.relevance();
}

/** Of all that pass, where their scores are known. */
function histogramOf(scores: Float32Array, rest: Rest | undefined): Histogram | undefined {
  const all = [scores, ...(rest === undefined ? [] : [rest.scores])];
  const lowest = Math.min(
    ...all.map((some) => some.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)),
  );
  const highest = Math.max(
    ...all.map((some) => some.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)),
  );
  if (lowest > highest) return undefined;
  const histogram: Histogram = { from: lowest, to: highest, counts: new Uint32Array(PARTS) };
  if (rest !== undefined) {
    countScores(rest.scores, histogram);
    histogram.counts.forEach((count, part) => {
      histogram.counts[part] = Math.round(count * rest.each);
    });
  }
  countScores(scores, histogram);
  return histogram;
}
