import { checkScoredAnswers, type ScoredAnswers } from './scored-answers.ts';
import { type Estimate, wilsonInterval } from './share.ts';

/** What it would bring to reject unsure answers. */
export interface CoveragePoint {
  /** Answers of a lower confidence are rejected. */
  readonly rejectBelow: number;
  /** Share of pictures that still get an answer. */
  readonly coverage: number;
  /** Of these answers. */
  readonly accuracy: Estimate;
}

/**
 * How many pictures still get an answer, and how often it is right, if unsure ones are rejected: the
 * risk–coverage trade (El-Yaniv and Wiener 2010, "On the Foundations of Noise-free Selective Classification").
 *
 * @param points at most so many, spread evenly over the coverage; 21 unless given.
 * @returns from all answers to the surest alone. Answers of one confidence are rejected together or not at all.
 * @throws ClipError BAD_INPUT for lists of different lengths.
 * @example
 * ```ts
 * import { coverageCurve } from '@clipql/core';
 *
 * const answers = { confidences: [0.9, 0.5, 0.7, 0.4], correct: [true, false, true, true] };
 * const [all, some] = coverageCurve(answers, 2);
 * console.log(all?.accuracy.value, some?.rejectBelow, some?.coverage, some?.accuracy.value); // 0.75 0.7 0.5 1
 * ```
 */
export function coverageCurve(answers: ScoredAnswers, points = 21): readonly CoveragePoint[] {
  checkScoredAnswers(answers);
  const { confidences, correct } = answers;
  const count = confidences.length;
  const order = [...confidences.keys()].sort((a, b) => confidences[b]! - confidences[a]!);
  const hits = new Uint32Array(count + 1);
  for (const [place, i] of order.entries()) hits[place + 1] = hits[place]! + (correct[i] ? 1 : 0);
  const curve: CoveragePoint[] = [];
  for (let point = points; point > 0; point--) {
    let answered = Math.ceil((count * point) / points);
    if (answered === 0) break;
    const rejectBelow = confidences[order[answered - 1]!]!;
    while (answered < count && confidences[order[answered]!] === rejectBelow) answered++;
    const coverage = answered / count;
    if (curve.at(-1)?.coverage === coverage) continue;
    const accuracy = wilsonInterval({ hits: hits[answered]!, of: answered });
    curve.push({ rejectBelow: curve.length === 0 ? 0 : rejectBelow, coverage, accuracy });
  }
  return curve;
}
