import { BenchError } from './errors.ts';

/** How far a matrix is from its reference. */
export interface Comparison {
  readonly minCosine: number;
  /** The largest ‖a − b‖ / ‖b‖ of a row, b the reference. */
  readonly relL2: number;
  readonly maxAbsDiff: number;
  readonly meanAbsDiff: number;
  /** The share of values that are the same. */
  readonly equalShare: number;
  /** Where the difference is largest. */
  readonly worst: { row: number; column: number; actual: number; expected: number };
}

type Matrix = readonly ArrayLike<number>[];

/**
 * Compares row by row, in float64.
 *
 * @param actual [R, C]; a value that is not finite is infinitely far off, so no gate lets it through.
 * @param expected [R, C], with at least one value.
 * @throws BenchError SHAPE_MISMATCH for matrices of different shapes, or without values.
 */
export function compareMatrices(actual: Matrix, expected: Matrix): Comparison {
  checkShape(actual, expected);
  let minCosine = 1;
  let relL2 = 0;
  let sum = 0;
  let equal = 0;
  let count = 0;
  let maxAbsDiff = -1;
  let worst = { row: 0, column: 0, actual: Number.NaN, expected: Number.NaN };
  expected.forEach((reference, row) => {
    let dot = 0;
    let actualSquares = 0;
    let expectedSquares = 0;
    let differenceSquares = 0;
    for (let column = 0; column < reference.length; column++) {
      const a = actual[row]![column]!;
      const b = reference[column]!;
      const difference = Number.isFinite(a) ? Math.abs(a - b) : Number.POSITIVE_INFINITY;
      dot += a * b;
      actualSquares += a * a;
      expectedSquares += b * b;
      differenceSquares += difference * difference;
      sum += difference;
      if (a === b) equal++;
      if (difference > maxAbsDiff) {
        maxAbsDiff = difference;
        worst = { row, column, actual: a, expected: b };
      }
    }
    // Rows of zeros, which black pixels are, have no direction: the same row is always at 1 and 0.
    if (differenceSquares > 0) {
      minCosine = Math.min(minCosine, dot / Math.sqrt(actualSquares * expectedSquares));
      relL2 = Math.max(relL2, Math.sqrt(differenceSquares / expectedSquares));
    }
    count += reference.length;
  });
  return {
    minCosine,
    relL2,
    maxAbsDiff,
    meanAbsDiff: sum / count,
    equalShare: equal / count,
    worst,
  };
}

function checkShape(actual: Matrix, expected: Matrix): void {
  const mismatch = (wanted: string, got: string) =>
    new BenchError('SHAPE_MISMATCH', `expected ${wanted}, got ${got}`);
  const count = expected.reduce((sum, { length }) => sum + length, 0);
  if (count === 0) throw mismatch('a reference with values', 'an empty one');
  if (actual.length !== expected.length) {
    throw mismatch(`${expected.length} rows`, `${actual.length}`);
  }
  for (const [row, { length }] of expected.entries()) {
    const got = actual[row]!.length;
    if (got !== length) throw mismatch(`${length} values in row ${row}`, `${got}`);
  }
}

/** Such as `largest difference 0.0012 at row 1, column 37: expected 0.5, got 0.5012`. */
export function describeWorst({ maxAbsDiff, worst }: Comparison): string {
  const { row, column, actual, expected } = worst;
  const place = `row ${row}, column ${column}`;
  return `largest difference ${maxAbsDiff.toPrecision(3)} at ${place}: expected ${expected}, got ${actual}`;
}
