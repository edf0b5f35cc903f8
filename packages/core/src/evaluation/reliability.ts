import { checkScoredAnswers, type ScoredAnswers } from './scored-answers.ts';
import { type Estimate, wilsonInterval } from './share.ts';

/** The answers whose confidence lies between two bounds. */
export interface ReliabilityBin {
  /** Confidences above it, but for the first bin, which has 0 too. */
  readonly from: number;
  /** Up to it. */
  readonly to: number;
  readonly count: number;
  /** Mean; undefined for none. */
  readonly confidence: number | undefined;
  /** Share of right answers; undefined for none. */
  readonly accuracy: Estimate | undefined;
}

/** Whether confidences are what they claim to be. */
export interface Reliability {
  /** Of equal width, from 0 to 1: a reliability diagram. */
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error: mean distance of confidence and accuracy over the bins, weighted by their answers. */
  readonly expectedError: number;
}

/** As Guo et al. 2017 have it. */
const BINS = 15;

/**
 * Compares how sure answers are with how often they are right (Guo et al. 2017, "On Calibration of Modern
 * Neural Networks", https://arxiv.org/abs/1706.04599).
 *
 * @param bins 15 unless given. The expected calibration error depends on it.
 * @returns undefined for no answers.
 * @throws ClipError BAD_INPUT for lists of different lengths.
 * @example
 * ```ts
 * import { reliability } from '@clipql/core';
 *
 * const found = reliability({ confidences: [0.9, 0.9, 0.6], correct: [true, false, true] });
 * console.log(found?.expectedError.toFixed(3)); // 0.400
 * ```
 */
export function reliability(answers: ScoredAnswers, bins = BINS): Reliability | undefined {
  checkScoredAnswers(answers);
  const { confidences, correct } = answers;
  if (confidences.length === 0) return undefined;
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, hits: 0 }));
  for (const [i, confidence] of confidences.entries()) {
    const bin = sums[Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1))]!;
    bin.count += 1;
    bin.confidence += confidence;
    bin.hits += correct[i] ? 1 : 0;
  }
  const distances = sums.map(({ confidence, hits }) => Math.abs(confidence - hits));
  return {
    bins: sums.map(({ count, confidence, hits }, i) => ({
      from: i / bins,
      to: (i + 1) / bins,
      count,
      confidence: count === 0 ? undefined : confidence / count,
      accuracy: count === 0 ? undefined : wilsonInterval({ hits, of: count }),
    })),
    expectedError: distances.reduce((a, b) => a + b, 0) / confidences.length,
  };
}
