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
import { type CollectionSample, levelsOf, sampleOf } from './collection-sample.ts';
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
  /** Tells when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
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
  readonly vectors: readonly Float32Array[];
  readonly scores: Float32Array;
  readonly levels: ReadonlyMap<number, number>;
  /** Items that the engine compared; undefined where an index found these. */
  readonly compared: number | undefined;
}

/**
 * Searches a collection that does not fit into memory. Hits are among the nearest that the engine finds. What scores
 * mean follows from all items: the nearest count as they are, and each of a sample of the others for as
 * many as it stands for.
 *
 * @throws what the store throws; the signal's reason once it is aborted.
 */
export async function searchOutgrown(
  store: CollectionStore,
  engine: VectorSearch,
  { collection, terms, background, where, signal, except, cutOf, order }: Outgrown,
): Promise<Answer> {
  // The next search is faster; whoever waits for this one does not wait for that. The store tells why it fails.
  engine.prepare(collection).catch(() => {});
  const sample = await sampleOf(engine, background, collection);
  const query = mixTerms(terms, sample.spread);
  // Others may wait for the sample, but nobody for the rest.
  signal.throwIfAborted();
  const find = async (filter: Filter | undefined): Promise<ScoredRows> => {
    const found = await engine.nearest(collection, {
      query: query.vector,
      where: filter,
      k: NEAREST,
      signal,
    });
    const vectors = found.map(({ vector }) => vector);
    const levels = await levelsOf(vectors, background);
    return {
      rows: found.map(({ row }) => row),
      vectors,
      scores: Float32Array.from(vectors, (vector, i) => scoreItem(query, vector, levels[i]!)),
      levels: new Map(found.map(({ row }, i) => [row, levels[i]!])),
      compared: found.compared,
    };
  };
  const nearest = await find(undefined);
  const passing = where === undefined ? nearest : await find(where);
  const others = othersOf(sample, query, nearest);
  const relevance = relevanceOf(query, sample, nearest, others);
  const cut = cutOf(relevance);
  const kept = passing.rows.flatMap((row, i) => (row === except ? [] : [i]));
  const rows = kept.map((i) => passing.rows[i]!);
  const scores = Float32Array.from(kept, (i) => passing.scores[i]!);
  const vectors = kept.map((i) => passing.vectors[i]!);
  const found: Nearest = { query, terms, relevance, levels: passing.levels, rows, vectors, cut };
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
    page: { ...page, exact: isExact(query, passing) },
    // Where even the last of the nearest is a hit, there are more.
    total: Math.max(first.found, where === undefined ? first.found + others.above(cut) : 0),
    histogram: histogramOf(scores, where === undefined ? others : undefined),
    cut,
    relevance,
    scanned: scannedOf(collection, sample, passing === nearest ? [nearest] : [nearest, passing]),
  };
}

/** An item may score more than one that is nearer, unless its level counts for nothing. */
const isExact = ({ levelWeight }: MixedQuery, { compared, rows }: ScoredRows): boolean =>
  compared !== undefined && (levelWeight === 0 || compared === rows.length);

/** Of what an index found, no more is known to have been scored; items that were scored twice count once at most. */
function scannedOf(
  { items }: Collection,
  sample: CollectionSample,
  found: readonly ScoredRows[],
): number {
  const all = found.reduce((sum, { compared, rows }) => sum + (compared ?? rows.length), 0);
  return Math.min(items, all + sample.vectors.length);
}

/** Those of the sample that are not among the nearest. */
interface Others {
  readonly scores: Float32Array;
  /** Items that each stands for. */
  readonly weight: number;
  above(cut: number | undefined): number;
}

function othersOf(
  { vectors, levels, items }: CollectionSample,
  query: MixedQuery,
  nearest: ScoredRows,
): Others {
  const all = Float32Array.from(vectors, (vector, i) => scoreItem(query, vector, levels[i]!));
  const lowest = nearest.scores.reduce(
    (least, score) => Math.min(least, score),
    Number.POSITIVE_INFINITY,
  );
  const scores = all.filter((score) => score < lowest);
  const count = Math.max(0, items - nearest.rows.length);
  const weight = scores.length === 0 ? 0 : count / scores.length;
  return {
    scores,
    weight,
    above: (cut = Number.NEGATIVE_INFINITY) =>
      Math.round(weight * scores.filter((score) => score >= cut).length),
  };
}

function relevanceOf(
  query: MixedQuery,
  sample: CollectionSample,
  nearest: ScoredRows,
  others: Others,
): Relevance {
  if (!query.isText) {
    const scores = Float32Array.from(sample.vectors, (vector, i) =>
      scoreItem(query, vector, sample.levels[i]!),
    );
    return standoutRelevance(scores, query.expectedDeviation, sample.items);
  }
  const scores = new TextScores();
  for (const score of nearest.scores) scores.add(score);
  for (const score of others.scores) scores.add(score, others.weight);
  return scores.relevance();
}

/** Of all that pass, where their scores are known. */
function histogramOf(scores: Float32Array, others: Others | undefined): Histogram | undefined {
  const all = [scores, ...(others === undefined ? [] : [others.scores])];
  const lowest = Math.min(
    ...all.map((some) => some.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)),
  );
  const highest = Math.max(
    ...all.map((some) => some.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)),
  );
  if (lowest > highest) return undefined;
  const histogram: Histogram = { from: lowest, to: highest, counts: new Uint32Array(PARTS) };
  if (others !== undefined) {
    countScores(others.scores, histogram);
    histogram.counts.forEach((count, part) => {
      histogram.counts[part] = Math.round(count * others.weight);
    });
  }
  countScores(scores, histogram);
  return histogram;
}
