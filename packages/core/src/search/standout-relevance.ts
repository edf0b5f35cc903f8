import { logistic, type Relevance } from './relevance.ts';

/** Rows that what is expected of a deviation weighs as much as. */
const EXPECTED_WEIGHT = 20;
/** Of a normal distribution, in deviations below its middle. */
const LOWER = { quantile: 0.05, deviations: 1.645 };
const MIDDLE = { quantile: 0.25, deviations: 0.674 };
/** From here on AUTO takes an item. */
const AUTO_RELEVANCE = 0.25;
/** Rise of the log odds with each deviation. */
const STEEPNESS = 2;
const LEAST_DEVIATIONS = 2.5;

/**
 * Relevance to any other query by how far a score stands out of those of unrelated items, in standard
 * deviations. These are taken as normal, with the middle and the deviation that the lower quarter of all
 * scores has: an empirical null (Efron 2004, https://doi.org/10.1198/016214504000000089), which relevant
 * items, being above, hardly change. Half relevant is what the best of N unrelated ones about reaches,
 * √(2 ln N) − ¼, or 2.5 deviations.
 *
 * @param scores of all items, or of some tens of thousands drawn from more; NaN where one is not there.
 * @param expectedDeviation of the scores of unrelated items, which counts as much as 20 scores do.
 * @param all how many items there are; those that have a score unless given.
 * @example
 * ```ts
 * import { standoutRelevance } from '@clipql/core';
 *
 * const scores = Float32Array.from({ length: 101 }, (_, i) => (i < 100 ? Math.sin(i) : 6));
 * const { of, cut } = standoutRelevance(scores, 1);
 * console.log(of(6) > 0.9, of(0) < 0.1, cut < 6); // true true true
 * ```
 */
export function standoutRelevance(
  scores: Float32Array,
  expectedDeviation: number,
  all?: number,
): Relevance {
  const sorted = scores.filter((score) => !Number.isNaN(score)).sort();
  const items = all ?? sorted.length;
  const quantile = (share: number) =>
    sorted[Math.floor(share * Math.max(0, sorted.length - 1))] ?? 0;
  const [lower, middle] = [quantile(LOWER.quantile), quantile(MIDDLE.quantile)];
  const found = (middle - lower) / (LOWER.deviations - MIDDLE.deviations);
  const own = items / (items + EXPECTED_WEIGHT);
  const deviation = own * found + (1 - own) * expectedDeviation || 1;
  const center = middle + MIDDLE.deviations * deviation;
  const best = Math.sqrt(2 * Math.log(Math.max(items, 1))) - 0.25;
  const half = center + deviation * Math.max(LEAST_DEVIATIONS, best);
  const curve = logistic(half, STEEPNESS / deviation);
  return { ...curve, cut: curve.scoreOf(AUTO_RELEVANCE) };
}
