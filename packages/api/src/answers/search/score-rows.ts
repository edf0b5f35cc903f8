import {
  countScores,
  type Histogram,
  type MixedQuery,
  type Relevance,
  type RowSet,
  type RowValues,
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
 * @param products NaN where an item has gone.
 * @returns what the scores mean, and how many there are.
 * @throws the signal's reason once it is aborted.
 */
export async function scoreRows(
  { rows, values }: RowValues,
  levels: RowValues,
  query: MixedQuery,
  signal: AbortSignal,
): Promise<{ readonly relevance: Relevance; readonly scanned: number }> {
  const { levelWeight, offset, isText, expectedDeviation } = query;
  const sample = new RowSample(SAMPLE, rows.length);
  const textScores = new TextScores();
  let scanned = 0;
  // Both are in the order of rows.
  let at = 0;
  await eachPiece(
    rows.length,
    (from, to) => {
      for (let i = from; i < to; i++) {
        const row = rows[i]!;
        while (at < levels.rows.length && levels.rows[at]! < row) at++;
        // Rows that came since have no level yet: NaN, as rows that are gone.
        const level = levels.rows[at] === row ? levels.values[at]! : Number.NaN;
        const score = values[i]! - levelWeight * level - offset;
        values[i] = score;
        if (Number.isNaN(score)) continue;
        scanned++;
        if (isText) textScores.add(score);
        else sample.offer(i);
      }
    },
    signal,
  );
  const relevance = isText
    ? textScores.relevance()
    : standoutRelevance(
        Float32Array.from(sample.rows, (i) => values[i]!),
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
  /** Tells when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/**
 * Leaves the scores of hits alone, in their place: NaN for all others.
 *
 * @returns how many there are, and the histogram of all that pass; undefined where none does.
 * @throws the signal's reason once it is aborted.
 */
export async function keepHits(
  { rows, values }: RowValues,
  { selected, except, cut = Number.NEGATIVE_INFINITY, signal }: Wanted,
): Promise<{ readonly total: number; readonly histogram: Histogram | undefined }> {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  await eachPiece(
    rows.length,
    (from, to) => {
      for (let i = from; i < to; i++) {
        const row = rows[i]!;
        if (row === except || selected?.has(row) === false) values[i] = Number.NaN;
        const score = values[i]!;
        // NaN is neither below nor above.
        if (score < lowest) lowest = score;
        if (score > highest) highest = score;
      }
    },
    signal,
  );
  if (lowest > highest) return { total: 0, histogram: undefined };
  const histogram: Histogram = { from: lowest, to: highest, counts: new Uint32Array(PARTS) };
  let total = 0;
  await eachPiece(
    rows.length,
    (from, to) => {
      countScores(values.subarray(from, to), histogram);
      for (let i = from; i < to; i++) {
        if (values[i]! >= cut) total++;
        else values[i] = Number.NaN;
      }
    },
    signal,
  );
  return { total, histogram };
}
