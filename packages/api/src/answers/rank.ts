import { dot } from '@clipql/core';
import { checkTop } from '../limits/answers.ts';
import { LoopSlices } from '../limits/loop-slices.ts';
import { cutWarning } from '../loaders/cut-texts.ts';
import type { ModelSession } from '../loaders/loaders.ts';
import type { Context } from './context.ts';
import {
  checkInputs,
  type EncodedInput,
  encodeEach,
  encodeInput,
  type GivenInput,
} from './embed-inputs.ts';
import { InputFailure } from './outcome.ts';

/** A candidate by its likeness to the query. */
export interface RankedCandidate {
  /** Its place among the candidates, from 0. */
  readonly index: number;
  /** −1 to 1. */
  readonly cosine: number;
}

export interface Ranking extends Pick<ModelSession, 'model'> {
  /** Best first; of equals in the order of the candidates. */
  readonly ranked: readonly RankedCandidate[];
  readonly failures: readonly InputFailure[];
  /** One line for each text that was longer than the model's context, and was cut. */
  readonly warnings: readonly string[];
}

/**
 * Orders candidates by their cosine with a query.
 *
 * @param topK only so many of the best; all unless given.
 * @throws as {@link encodeInput} does for the query, ApiError TOO_MANY_IMAGES or TOO_MANY_PROMPTS.
 */
export async function rankCandidates(
  { model, loaders }: ModelSession,
  query: GivenInput,
  candidates: readonly GivenInput[],
  topK: number | undefined,
  describe: Context['describe'],
): Promise<Ranking> {
  checkTop(topK ?? 1);
  checkInputs([query, ...candidates], loaders.limits);
  const [encoded, outcomes] = await Promise.all([
    encodeInput(loaders, query),
    encodeEach(loaders, candidates, describe),
  ]);
  const warnings = cutWarnings(model, [
    ['the query', query, encoded],
    ...outcomes.map((outcome, i) => [`candidate ${i}`, candidates[i]!, outcome] as const),
  ]);
  const failures: InputFailure[] = [];
  const ranked: RankedCandidate[] = [];
  const slices = new LoopSlices();
  for (const [index, outcome] of outcomes.entries()) {
    await slices.next();
    if (outcome instanceof InputFailure) failures.push(outcome);
    else ranked.push({ index, cosine: cosineOf(encoded.direction, outcome.direction) });
  }
  ranked.sort((a, b) => b.cosine - a.cosine);
  return { model, ranked: ranked.slice(0, topK), failures, warnings };
}

/** How alike two inputs are. */
export interface Likeness extends Pick<ModelSession, 'model'> {
  /** −1 to 1. */
  readonly cosine: number;
  /** As those of a {@link Ranking}. */
  readonly warnings: readonly string[];
}

/** @throws as {@link encodeInput} does. */
export async function similarity(
  { model, loaders }: ModelSession,
  a: GivenInput,
  b: GivenInput,
): Promise<Likeness> {
  const [first, second] = await Promise.all([encodeInput(loaders, a), encodeInput(loaders, b)]);
  const warnings = cutWarnings(model, [
    ['a', a, first],
    ['b', b, second],
  ]);
  return { model, cosine: cosineOf(first.direction, second.direction), warnings };
}

function cutWarnings(
  { clip }: ModelSession['model'],
  inputs: readonly (readonly [
    what: string,
    given: GivenInput,
    outcome: EncodedInput | InputFailure,
  ])[],
): readonly string[] {
  return inputs.flatMap(([what, { text }, outcome]) =>
    outcome instanceof InputFailure || !outcome.truncated || text == null
      ? []
      : [cutWarning(what, text, clip.info.contextLength)],
  );
}

/** Of vectors of length 1. Rounding may lead a little out of −1 to 1. */
const cosineOf = (a: Float32Array, b: Float32Array): number => Math.min(1, Math.max(-1, dot(a, b)));
