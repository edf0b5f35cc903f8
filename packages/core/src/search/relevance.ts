/** What a score means: how likely it is that an item with it shows what is asked for. */
export interface Relevance {
  /** @returns 0 to 1, higher for a higher score. */
  of(score: number): number;
  /** The score from which an item has this relevance. */
  scoreOf(relevance: number): number;
  /** The score from which items are relevant; Infinity where none is. */
  readonly cut: number;
}

/**
 * Log odds that an image shows what a word says, where its logit is that of the whole background. Fitted
 * on queries with something to find, over two models and four data sets; the slope came out as 1.
 */
const LOG_ODDS_AT_LEVEL = 2.5;
/**
 * From here on AUTO takes an item. The best cut for F1 lies below ½: it is half of the best F1 itself
 * (Lipton, Elkan and Naryanaswamy 2014, https://arxiv.org/abs/1402.1892).
 */
const AUTO_RELEVANCE = 0.25;
/** Of the log of how many times fewer than so many items there are, a part is added to the log odds. */
const MANY_ITEMS = 1000;
const FEW_ITEMS_WEIGHT = 0.25;
/**
 * The log odds that the best of so many items must have, or the collection has no such picture: 3 to 5. The best of
 * N unrelated items scores the higher the larger N is, about with the log of √N.
 */
const BEST_LOG_ODDS = Math.log(3 / 5);
const BEST_ITEMS_WEIGHT = 0.5;
/** Larger collections were not measured: in these it rises no further. */
const MOST_ITEMS = 8000;

/**
 * Relevance to a text by its log odds against the background ({@link mixTerms}).
 *
 * Where not even the best item scores high enough for so many items, none is relevant. Otherwise items are from a
 * relevance of 0.25 on; in small collections, where the best may have less, all that are good enough as the best.
 *
 * @param best the highest score of all items.
 * @param items how many there are.
 * @example
 * ```ts
 * import { textRelevance } from '@clipql/core';
 *
 * const relevance = textRelevance(0.5, 5000);
 * console.log(relevance.of(0.5).toFixed(2), relevance.cut.toFixed(2)); // 0.95 -3.60
 * console.log(textRelevance(-3, 5000).cut); // Infinity
 * ```
 */
export function textRelevance(best: number, items: number): Relevance {
  const fewer = MANY_ITEMS / Math.min(Math.max(items, 1), MANY_ITEMS);
  const curve = logistic(-(LOG_ODDS_AT_LEVEL + FEW_ITEMS_WEIGHT * Math.log(fewer)), 1);
  const more = Math.min(Math.max(items, 1), MOST_ITEMS) / MANY_ITEMS;
  const least = BEST_LOG_ODDS - LOG_ODDS_AT_LEVEL + BEST_ITEMS_WEIGHT * Math.log(more);
  const auto = curve.scoreOf(AUTO_RELEVANCE);
  const cut = best >= auto ? auto : least;
  return { ...curve, cut: best >= least ? cut : Number.POSITIVE_INFINITY };
}

/** Rows that what is expected of a deviation weighs as much as. */
const EXPECTED_WEIGHT = 20;
/** Of a normal distribution, in deviations below its middle. */
const LOWER = { quantile: 0.05, deviations: 1.645 };
const MIDDLE = { quantile: 0.25, deviations: 0.674 };
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

/** @param half the score of relevance ½. */
function logistic(half: number, slope: number): Pick<Relevance, 'of' | 'scoreOf'> {
  return {
    of: (score) => 1 / (1 + Math.exp(-slope * (score - half))),
    scoreOf: (relevance) => half + Math.log(relevance / (1 - relevance)) / slope,
  };
}
