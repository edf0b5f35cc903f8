import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';

/** What one evaluation over the network may ask for: it has a core for itself while it runs. */
export const MAX_EVALUATED_ITEMS = 20_000;
export const MAX_EVALUATED_CLASSES = 100;
/** With more classes, what a few pictures bring would take too long. */
export const MAX_TAUGHT_CLASSES = 30;
/** Characters of the value of a class or a group, which answers repeat. */
export const MAX_CLASS_CHARACTERS = 200;
export const MAX_SHOTS = 16;
/** Numbers of shots of one evaluation. */
export const MAX_SHOT_LEVELS = 3;
export const MAX_FOLDS = 10;
/** Columns that figures are broken down by, and values of each. */
export const MAX_BREAKDOWNS = 4;
export const MAX_GROUPS = 100;
/** Mistakes and confusions of one answer. */
export const MAX_LISTED = 100;

/** @throws ApiError BAD_INPUT for more classes than one evaluation has, equal ones, or a value that is too long. */
export function checkClassValues(values: readonly string[]): void {
  checkAtMost(values.length, MAX_EVALUATED_CLASSES, 'classes');
  checkAtMost(longest(values), MAX_CLASS_CHARACTERS, 'characters in the value of a class');
  const twice = values.find((value, i) => values.indexOf(value) !== i);
  if (twice === undefined) return;
  throw badInput(`expected classes of different values, got two of ${JSON.stringify(twice)}`);
}

const longest = (values: readonly string[]): number =>
  values.reduce((most, value) => Math.max(most, value.length), 0);

/** @throws ApiError COLLECTION_TOO_LARGE. */
export function checkEvaluatedItems(items: number): void {
  if (items <= MAX_EVALUATED_ITEMS) return;
  throw new ApiError(
    'COLLECTION_TOO_LARGE',
    `expected at most ${grouped(MAX_EVALUATED_ITEMS)} items to evaluate, got ${grouped(items)} (where takes some of them)`,
  );
}

/** @throws ApiError BAD_INPUT. */
export function checkShots(shots: readonly number[]): void {
  checkAtMost(shots.length, MAX_SHOT_LEVELS, 'numbers of shots');
  for (const count of shots) checkBetween('shots', count, 1, MAX_SHOTS);
}

/** @throws ApiError BAD_INPUT. */
export const checkFolds = (folds: number): void => checkBetween('folds', folds, 2, MAX_FOLDS);

/** @throws ApiError BAD_INPUT. */
export const checkBreakdowns = (columns: number): void =>
  checkAtMost(columns, MAX_BREAKDOWNS, 'columns to break figures down by');

/** @throws ApiError BAD_INPUT for more values than figures are broken down by, or one that is too long. */
export function checkGroups(values: ReadonlySet<string | undefined>, column: string): void {
  checkAtMost(values.size, MAX_GROUPS, `values in ${JSON.stringify(column)}`);
  const texts = [...values].filter((value) => value !== undefined);
  checkAtMost(longest(texts), MAX_CLASS_CHARACTERS, `characters in ${JSON.stringify(column)}`);
}

/** @throws ApiError BAD_INPUT for fewer or more entries than are listed. @returns how many. */
export function checkListed(first: number | null | undefined): number {
  const count = first ?? 20;
  checkBetween('first', count, 1, MAX_LISTED);
  return count;
}

function checkBetween(what: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw badInput(`expected ${what} from ${least} to ${most}, got ${grouped(value)}`);
}

function checkAtMost(value: number, most: number, what: string): void {
  if (value <= most) return;
  throw badInput(`expected at most ${grouped(most)} ${what}, got ${grouped(value)}`);
}

const badInput = (message: string): ApiError => new ApiError('BAD_INPUT', message);
