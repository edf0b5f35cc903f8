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
 * Counts scores in equally wide parts.
 *
 * @param scores NaN where there is none.
 * @returns undefined where there are no scores at all.
 * @example
 * ```ts
 * import { histogram } from '@clipql/core';
 *
 * const { from, to, counts } = histogram(Float32Array.of(0, 1, 1, Number.NaN, 4), 2)!;
 * console.log(from, to, [...counts].join(' ')); // 0 4 3 1
 * ```
 */
export function histogram(scores: Float32Array, parts: number): Histogram | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const score of scores) {
    // NaN is neither below nor above.
    if (score < from) from = score;
    if (score > to) to = score;
  }
  if (from > to) return undefined;
  const counts = new Uint32Array(parts);
  const width = (to - from) / parts || 1;
  for (const score of scores) {
    if (!Number.isNaN(score)) counts[Math.min(parts - 1, Math.floor((score - from) / width))]!++;
  }
  return { from, to, counts };
}
