import { ClipError } from '../errors.ts';

/** The answers that pictures got, of any classifier. */
export interface ScoredAnswers {
  /** [N], the probability of each answer, 0 to 1. */
  readonly confidences: readonly number[];
  /** [N], whether it was right. */
  readonly correct: readonly boolean[];
}

/** @throws ClipError BAD_INPUT for lists of different lengths. */
export function checkScoredAnswers({ confidences, correct }: ScoredAnswers): void {
  if (confidences.length === correct.length) return;
  const got = `${confidences.length} and ${correct.length}`;
  throw new ClipError('BAD_INPUT', `expected a confidence for each answer, got ${got}`);
}
