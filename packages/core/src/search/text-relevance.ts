import { logistic, type Relevance } from './relevance.ts';

/** Log odds that an image shows what a text says, where its score is 0; they rise with the score, one to one. */
const LOG_ODDS = 3;

/**
 * Log odds that the best of N items must have, or there is no such picture: so much for each factor of e that N is
 * above this many. The best of N unrelated items scores the higher the larger N is.
 */
const BEST_ITEMS_WEIGHT = 0.6;
const EVEN_ODDS_ITEMS = 1000;
/** Larger collections were not measured: in these it rises no further. */
const MOST_ITEMS = 8000;

/** AUTO takes no less likely ones: in very many items, small likelihoods that are a little too high add up. */
const LEAST_RELEVANCE = 0.3;

/** Scores are counted in parts of this width, in nats, between two bounds; those beyond count as at the bound. */
const PART = 1 / 32;
const LOWEST = -20;
const HIGHEST = 5;
const PARTS = (HIGHEST - LOWEST) / PART;

/**
 * Relevance to one text, from the scores of a collection's items ({@link mixTerms}).
 *
 * A score is the log odds of the text against the background, and the relevance is how likely it is that the item
 * shows what the text says. These likelihoods add up to about the number of items that show it, so the F1 of any cut
 * can be estimated from them: `cut` is where it is highest (Ye et al. 2012, https://arxiv.org/abs/1206.4625), which is
 * where the relevance is half of that F1 (Lipton et al. 2014, https://arxiv.org/abs/1402.1892). Where not even the best
 * item is likely enough for so many items, none is relevant.
 *
 * @example
 * ```ts
 * import { TextScores } from '@clipql/core';
 *
 * const scores = new TextScores();
 * for (const score of [0.5, -1, -9, -9.5, -10]) scores.add(score);
 * const relevance = scores.relevance();
 * console.log(relevance.of(0.5).toFixed(2), relevance.cut.toFixed(2)); // 0.97 -1.00
 * ```
 */
export class TextScores {
  readonly #counts = new Float64Array(PARTS);
  #items = 0;
  #best = Number.NEGATIVE_INFINITY;

  /**
   * Adds an item.
   *
   * @param score in nats; not NaN.
   * @param count how many items it stands for, as one of a sample does.
   * @example
   * ```ts
   * import { TextScores } from '@clipql/core';
   *
   * const scores = new TextScores();
   * scores.add(-6);
   * console.log(scores.relevance().cut); // -6
   * ```
   */
  add(score: number, count = 1): void {
    this.#counts[partOf(score)]! += count;
    this.#items += count;
    if (score > this.#best) this.#best = score;
  }

  /**
   * What a score among those added means.
   *
   * @example
   * ```ts
   * import { TextScores } from '@clipql/core';
   *
   * const scores = new TextScores();
   * for (let i = 0; i < 5000; i++) scores.add(-9);
   * scores.add(-2.5);
   * console.log(scores.relevance().cut); // Infinity
   * scores.add(-1);
   * console.log(scores.relevance().cut); // -2.5
   * ```
   */
  relevance(): Relevance {
    const curve = logistic(-LOG_ODDS, 1);
    const items = Math.min(Math.max(this.#items, 1), MOST_ITEMS);
    const leastLogOdds = BEST_ITEMS_WEIGHT * Math.log(items / EVEN_ODDS_ITEMS);
    if (this.#best + LOG_ODDS < leastLogOdds) return { ...curve, cut: Number.POSITIVE_INFINITY };
    const least = partOf(Math.min(this.#best, curve.scoreOf(LEAST_RELEVANCE)));
    return { ...curve, cut: startOf(Math.max(least, this.#bestPart(curve))) };
  }

  /** The part from which on taking all items has the highest expected F1. */
  #bestPart({ of }: Pick<Relevance, 'of'>): number {
    const likely = Float64Array.from(
      this.#counts,
      (count, part) => count * of(startOf(part) + PART / 2),
    );
    const wanted = likely.reduce((sum, value) => sum + value, 0);
    let best = { part: 0, f1: 0 };
    let found = 0;
    let right = 0;
    for (let part = PARTS - 1; part >= 0; part--) {
      found += this.#counts[part]!;
      right += likely[part]!;
      const f1 = (2 * right) / (found + wanted);
      if (f1 > best.f1) best = { part, f1 };
    }
    return best.part;
  }
}

const partOf = (score: number): number =>
  Math.max(0, Math.min(PARTS - 1, Math.floor((score - LOWEST) / PART)));

const startOf = (part: number): number => LOWEST + PART * part;
