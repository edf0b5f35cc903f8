import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';
import type { Limits } from '../limits/limits.ts';
import { checkName } from '../limits/names.ts';
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
const MAX_SETS_OF_ALL = 1_000;

/** @throws ApiError BAD_INPUT for its name; and what `checkLabels` throws. */
export function checkLabelSet({ name, labels, templates }: LabelSet, limits: Limits): void {
  checkName(name);
  checkLabels(labels, templates, limits);
}

/** Whether two sets give the same embeddings. */
export const holdsTheSame = (a: LabelSet, b: LabelSet): boolean =>
  JSON.stringify([a.labels, a.templates]) === JSON.stringify([b.labels, b.templates]);

/** What sets there are. */
export interface TakenPlaces {
  /** Of the owner. */
  readonly names: { readonly size: number; has(name: string): boolean };
  /** Of all owners. */
  readonly total: number;
}

/**
 * @param replace whether another of this name gives way.
 * @throws ApiError LABEL_SET_EXISTS, TOO_MANY_LABEL_SETS.
 */
export function checkPlace(name: string, { names, total }: TakenPlaces, replace: boolean): void {
  if (names.has(name)) {
    if (replace) return;
    const message = `expected a name that no other label set has, got ${name}; replace: true replaces it`;
    throw new ApiError('LABEL_SET_EXISTS', message);
  }
  const isOwnLimit = names.size >= MAX_SETS;
  if (!isOwnLimit && total < MAX_SETS_OF_ALL) return;
  const most = isOwnLimit
    ? `${MAX_SETS} label sets`
    : `${grouped(MAX_SETS_OF_ALL)} label sets of all callers`;
  throw new ApiError('TOO_MANY_LABEL_SETS', `expected at most ${most}, got one more`);
}
