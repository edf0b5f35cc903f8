import type { ClassifyMode } from '@clipql/core';
import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';

/**
 * Of one answer: each field, object and entry of a list, `__typename` and equal ones under aliases too. A
 * value is what takes some 100 bytes of memory while the answer is made.
 */
const MAX_ANSWER_VALUES = 1_000_000;
/** Of an answer about the schema, which GraphQL makes at once: the whole of it, as tools ask, has some 7,000. */
export const MAX_INTROSPECTION_VALUES = 50_000;
/** Beside its fields. */
export const VALUES_AN_OBJECT = 4;
/** A list of numbers is packed. */
const NUMBERS_A_VALUE = 10;
/** As JSON has it. */
const BYTES_A_VALUE = 100;
/** Dimensions of an embedding by a model that is not loaded yet. */
export const USUAL_WIDTH = 1_024;
/** Entries of one page of a list. */
export const MAX_PAGE = 1_000;
/** Ids that `nodes` takes. */
const MAX_NODES = 1_000;

export type EmbeddingFormat = 'float' | 'base64';

/** Values that an embedding weighs. */
export const embeddingValues = (width: number, format: EmbeddingFormat): number =>
  format === 'float' ? width / NUMBERS_A_VALUE : textValues((width * 4 * 4) / 3);

/** Values that a text weighs, beside the one that it is. */
export const textValues = (bytes: number): number => bytes / BYTES_A_VALUE;

/** @throws ApiError ANSWER_TOO_LARGE when they are more than one answer can hold. */
export function checkAnswerValues(values: number, most = MAX_ANSWER_VALUES): void {
  if (values <= most) return;
  throw tooLarge(
    `expected an answer of at most ${grouped(most)} values, got a request for ${grouped(Math.ceil(values))}`,
  );
}

/** @throws ApiError ANSWER_TOO_LARGE for more ids than one field takes. */
export function checkNodeCount(ids: number): void {
  if (ids <= MAX_NODES) return;
  throw tooLarge(`expected at most ${grouped(MAX_NODES)} ids, got ${grouped(ids)}`);
}

/** @throws ApiError BAD_INPUT when a number of scores to give is below 1. @returns it. */
export function checkTop(top: number): number {
  if (top < 1) throw badInput(`expected topK as at least 1, got ${grouped(top)}`);
  return top;
}

/** @throws ApiError BAD_INPUT for a bound that no score, or every score, is below. */
export function checkRejection(below: number, mode: ClassifyMode | undefined): void {
  const [what, least] = mode === 'cosine' ? ['a cosine', -1] : ['a probability', 0];
  if (below >= least && below <= 1) return;
  throw badInput(`expected ${what} from ${least} to 1 to reject below, got ${below}`);
}

const badInput = (message: string) => new ApiError('BAD_INPUT', message);

const tooLarge = (message: string) => new ApiError('ANSWER_TOO_LARGE', message);
