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
 * A curve of relevance.
 *
 * @param half the score of relevance ½.
 * @param slope by which the log odds rise with each unit of the score.
 */
export function logistic(half: number, slope: number): Pick<Relevance, 'of' | 'scoreOf'> {
  return {
    of: (score) => 1 / (1 + Math.exp(-slope * (score - half))),
    scoreOf: (relevance) => half + Math.log(relevance / (1 - relevance)) / slope,
  };
}
