/** How often scores occur. */
export interface Histogram {
  /** The lowest score. */
  readonly from: number;
  /** The highest score. */
  readonly to: number;
  /** Of equally wide parts from `from` to `to`; the last one has `to` too. */
  readonly counts: Uint32Array;
}

/**
 * Adds scores to a histogram, which may have others already.
 *
 * @param scores within the histogram's bounds; NaN where there is none.
 * @example
 * ```ts
 * import { countScores } from '@clipql/core';
 *
 * const histogram = { from: 0, to: 4, counts: new Uint32Array(2) };
 * countScores(Float32Array.of(0, 1, 1, Number.NaN), histogram);
 * countScores(Float32Array.of(4), histogram);
 * console.log([...histogram.counts].join(' ')); // 3 1
 * ```
 */
export function countScores(scores: Float32Array, { from, to, counts }: Histogram): void {
  const width = (to - from) / counts.length || 1;
  for (const score of scores) {
    if (Number.isNaN(score)) continue;
    counts[Math.min(counts.length - 1, Math.floor((score - from) / width))]!++;
  }
}
