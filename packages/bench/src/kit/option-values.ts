import { InvalidArgumentError } from 'commander';
import { BenchError } from './errors.ts';

/** A whole number from 1. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('expected a whole number from 1');
}

/** A number above 0. */
export function ratio(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('expected a number above 0');
}

/** Whole numbers from 1, with commas between. */
export const numbers = (text: string): readonly number[] => names(text).map(wholeNumber);

/** Names with commas between; none in an empty text. */
export const names = (text: string): readonly string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** @throws BenchError BAD_OPTION unless the value is one of the names. */
export function oneOf<Name extends string>(
  option: string,
  names: readonly Name[],
  value: string,
): Name {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  throw new BenchError(
    'BAD_OPTION',
    `${option}: expected one of ${names.join(', ')}, got ${value}`,
  );
}
