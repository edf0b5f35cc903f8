import type { Cut } from './query.ts';

/** How the scores of a query lie, as the server has them. */
export interface ScoreHistogram {
  readonly from: number;
  readonly to: number;
  readonly counts: readonly number[];
  /** Of a score at the lower end of each part. */
  readonly relevances: readonly number[];
}

/** Heights of the bars, 0 to 1: by square roots, so that a few hits are seen beside very many others. */
export function barHeights({ counts }: ScoreHistogram): readonly number[] {
  const highest = Math.sqrt(Math.max(1, ...counts));
  return counts.map((count) => Math.sqrt(count) / highest);
}

/** Items of a part and all above it. */
export const countFrom = ({ counts }: ScoreHistogram, part: number): number =>
  counts.slice(Math.max(0, part)).reduce((sum, count) => sum + count, 0);

/**
 * The line as a place on the histogram: 0 at its start, where all are hits, to the number of parts, where none is.
 *
 * @param cut the score from which items are hits; null where the server draws no line.
 * @param total hits: without a line all are, or none.
 */
export function lineAt(
  { from, to, counts }: ScoreHistogram,
  cut: number | null,
  total: number,
): number {
  if (cut === null) return total > 0 ? 0 : counts.length;
  const width = (to - from) / counts.length || 1;
  return Math.min(counts.length, Math.max(0, (cut - from) / width));
}

/** What to ask for so that the line is at the start of a part. */
export function cutAt({ relevances }: ScoreHistogram, part: number): Cut {
  if (part <= 0) return 'all';
  const relevance = relevances[Math.min(part, relevances.length - 1)]!;
  // The server takes neither 0 nor 1, which far scores are rounded to.
  return Math.min(1 - 1e-9, Math.max(1e-9, relevance));
}
