import { describe, expect, test } from 'vitest';
import { compareMatrices, describeWorst } from './compare.ts';

describe('compareMatrices', () => {
  test('takes the worst row and names the worst value', () => {
    const compared = compareMatrices(
      [Float32Array.of(3, 4), Float32Array.of(0, 1)],
      [
        [3, 4],
        [1, 0],
      ],
    );
    expect(compared).toMatchObject({
      minCosine: 0,
      maxAbsDiff: 1,
      meanAbsDiff: 0.5,
      equalShare: 0.5,
    });
    expect(compared.relL2).toBeCloseTo(Math.SQRT2, 12);
    expect(compared.worst).toEqual({ row: 1, column: 0, actual: 0, expected: 1 });
    expect(describeWorst(compared)).toBe(
      'largest difference 1.00 at row 1, column 0: expected 1, got 0',
    );
  });

  test.each([
    ['a value that is not a number', [[1, Number.NaN]]],
    ['an infinite value', [[1, Number.POSITIVE_INFINITY]]],
    ['a value that is missing', [[1]]],
    ['a row that is missing', []],
  ])('lets no gate pass for %s', (_, actual) => {
    const { relL2, maxAbsDiff } = compareMatrices(actual, [[1, 2]]);
    expect(maxAbsDiff).toBe(Number.POSITIVE_INFINITY);
    expect(relL2 <= 1e30).toBe(false);
  });

  test('finds black pixels equal to themselves', () => {
    expect(compareMatrices([[0, 0]], [[0, 0]])).toMatchObject({ minCosine: 1, relL2: 0 });
  });

  test('finds black pixels far from others', () => {
    expect(compareMatrices([[0, 1]], [[0, 0]]).relL2).toBe(Number.POSITIVE_INFINITY);
  });
});
