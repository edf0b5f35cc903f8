import {
  countScores,
  type Histogram,
  type MixedQuery,
  type Relevance,
  type RowSet,
  standoutRelevance,
  TextScores,
} from '@clipql/core';
import { eachPiece } from './row-pieces.ts';
import { RowSample } from './row-sample.ts';

/** Scores that a relevance is taken from: enough for its quantiles, and sorted within milliseconds. */
const SAMPLE = 32_768;
/** Parts of a histogram. */
export const PARTS = 64;

/**
 * Makes scores of the products with a query, in their place.
 *
 * @param products by row; NaN where there is none.
 * @param size about how many there are.
 * @returns what the scores mean, and how many there are.
 */
export async function scoreRows(
  products: Float32Array,
  levels: Float32Array,
  query: MixedQuery,
  size: number,
): Promise<{ readonly relevance: Relevance; readonly scanned: number }> {
  const { levelWeight, offset, isText, expectedDeviation } = query;
  const sample = new RowSample(SAMPLE, size);
  const textScores = new TextScores();
  let scanned = 0;
  await eachPiece(products.length, (from, to) => {
    for (let row = from; row < to; row++) {
      // Rows that came since have no level yet: NaN, as rows that are gone.
      const level = row < levels.length ? levels[row]! : Number.NaN;
      const score = products[row]! - levelWeight * level - offset;
      products[row] = score;
      if (Number.isNaN(score)) continue;
      scanned++;
      if (isText) textScores.add(score);
      else sample.offer(row);
    }
  });
  const relevance = isText
    ? textScores.relevance()
    : standoutRelevance(
        Float32Array.from(sample.rows, (row) => products[row]!),
        expectedDeviation,
        scanned,
      );
  return { relevance, scanned };
}

interface Wanted {
  /** Rows that pass; all unless given. */
  readonly selected: RowSet | undefined;
  /** A row that does not. */
  readonly except: number | undefined;
  /** The lowest score of a hit; all are hits unless given. */
  readonly cut: number | undefined;
}

/**
 * Leaves the scores of hits alone, in their place: NaN for all others.
 *
 * @returns how many there are, and the histogram of all that pass; undefined where none does.
 */
export async function keepHits(
  scores: Float32Array,
  { selected, except, cut = Number.NEGATIVE_INFINITY }: Wanted,
): Promise<{ readonly total: number; readonly histogram: Histogram | undefined }> {
  if (except !== undefined) scores[except] = Number.NaN;
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  await eachPiece(scores.length, (from, to) => {
    for (let row = from; row < to; row++) {
      if (selected !== undefined && !selected.has(row)) scores[row] = Number.NaN;
      const score = scores[row]!;
      // NaN is neither below nor above.
      if (score < lowest) lowest = score;
      if (score > highest) highest = score;
    }
  });
  if (lowest > highest) return { total: 0, histogram: undefined };
  const histogram: Histogram = { from: lowest, to: highest, counts: new Uint32Array(PARTS) };
  let total = 0;
  await eachPiece(scores.length, (from, to) => {
    countScores(scores.subarray(from, to), histogram);
    for (let row = from; row < to; row++) {
      if (scores[row]! >= cut) total++;
      else scores[row] = Number.NaN;
    }
  });
  return { total, histogram };
}
