import { ApiError } from '../errors/api-error.ts';
import { shorten } from '../errors/one-line.ts';
import type { Limits } from '../limits/limits.ts';
import { checkLabels } from '../limits/texts.ts';

/** Labels under a name, whose embeddings are kept. */
export interface LabelSet {
  readonly name: string;
  readonly labels: readonly string[];
  readonly templates: readonly string[];
  /** ISO 8601, in UTC. */
  readonly createdAt: string;
}

/** Of one caller: each may take the memory of 1,000 embeddings. */
export const MAX_SETS = 100;

/** Of a server. */
export const MAX_SETS_OF_ALL = 1_000;

/** A name is part of a file's. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** @throws ApiError BAD_INPUT for its name; and what `checkLabels` throws. */
export function checkLabelSet({ name, labels, templates }: LabelSet, limits: Limits): void {
  if (!NAME.test(name)) {
    const got = JSON.stringify(shorten(name, 100));
    throw new ApiError(
      'BAD_INPUT',
      `expected a name of 1 to 64 small letters, digits, - and _, got ${got}`,
    );
  }
  checkLabels(labels, templates, limits);
}

/** Whether two sets give the same embeddings. */
export const holdsTheSame = (a: LabelSet, b: LabelSet): boolean =>
  JSON.stringify([a.labels, a.templates]) === JSON.stringify([b.labels, b.templates]);
