import { ClipError, grouped } from '../errors.ts';

/**
 * Splits queries into copies: the caller may change the originals while the search waits for its turn.
 *
 * @param queries [Q·E].
 * @returns [Q], each [E].
 */
export function splitQueries(queries: Float32Array, dimensions: number): readonly Float32Array[] {
  const count = countOf('queries', queries, dimensions);
  const bad = queries.findIndex((value) => !Number.isFinite(value));
  if (bad !== -1) {
    const place = `${bad % dimensions} of query ${Math.floor(bad / dimensions)}`;
    throw new ClipError('BAD_INPUT', `expected finite numbers, got ${queries[bad]} at ${place}`);
  }
  return Array.from({ length: count }, (_, i) =>
    queries.slice(i * dimensions, (i + 1) * dimensions),
  );
}

/** How many vectors these numbers are. */
export function countOf(name: string, vectors: ArrayLike<number>, dimensions: number): number {
  const count = vectors.length / dimensions;
  if (Number.isInteger(count)) return count;
  throw lengthError(name, `a multiple of ${grouped(dimensions)}`, vectors);
}

export function checkWhole(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new ClipError(
    'BAD_INPUT',
    `expected ${name} as a whole number from 1 to ${grouped(most)}, got ${grouped(value)}`,
  );
}

/** One less than what 32 bits hold, so that the number of rows is such a number too. */
const MAX_ROW = 2 ** 32 - 2;

export function checkRow(row: number): void {
  if (Number.isInteger(row) && row >= 0 && row <= MAX_ROW) return;
  throw new ClipError(
    'BAD_INPUT',
    `expected a row number from 0 to ${grouped(MAX_ROW)}, got ${grouped(row)}`,
  );
}

/** @param first the lowest that is free. */
export function checkRows(rows: ArrayLike<number>, first: number, count: number): void {
  if (rows.length !== count)
    throw lengthError('rows', `${grouped(count)}, one for each vector`, rows);
  for (let i = 0, least = first; i < count; i++) {
    const row = rows[i]!;
    checkRow(row);
    if (row < least) {
      throw new ClipError(
        'BAD_INPUT',
        `expected a row number from ${grouped(least)} on, got ${grouped(row)}`,
      );
    }
    least = row + 1;
  }
}

export function lengthError(name: string, expected: string, got: ArrayLike<number>): ClipError {
  return new ClipError(
    'BAD_INPUT',
    `expected ${name} of length ${expected}, got ${grouped(got.length)}`,
  );
}
