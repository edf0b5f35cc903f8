import type { ExecutionArgs } from 'graphql';
import { checkVariableValues } from '../../../limits/documents.ts';
import type { Limits } from '../../../limits/limits.ts';
import { checkPrompts } from '../../../limits/texts.ts';

/** Of variables, beside what is in lists: `topK`, `model` and their like. */
const OTHER_VALUES = 100;

/**
 * Counts variables before they are coerced, which costs the more the less they are what is expected:
 * entries of lists and keys of objects, within each other too.
 *
 * @throws ApiError TOO_MANY_PROMPTS or BAD_INPUT for more than an operation can use.
 */
export function checkVariables({ variableValues }: ExecutionArgs, limits: Limits): void {
  // Labels and templates stand for prompts together.
  const entries = 2 * limits.maxPrompts + limits.maxImages;
  const lists = Object.values(variableValues ?? {}).filter((value) => Array.isArray(value));
  const listed = lists.reduce((sum, { length }) => sum + length, 0);
  if (listed > entries) checkPrompts({ prompts: listed, characters: 0 }, limits);
  // An entry that is an image has two keys within it.
  countValues(variableValues ?? {}, 3 * entries + OTHER_VALUES);
}

function countValues(variables: object, most: number): void {
  let count = 0;
  for (const holders = [variables]; ; ) {
    const holder = holders.pop();
    if (holder === undefined) return;
    const values: readonly unknown[] = Object.values(holder);
    count += values.length;
    checkVariableValues(count, most);
    for (const value of values) if (isHolder(value)) holders.push(value);
  }
}

/** A list or an object of JSON; an uploaded file is an object as well, of as many entries as it has bytes. */
const isHolder = (value: unknown): value is object =>
  Array.isArray(value) ||
  (typeof value === 'object' &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype);
