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
  ])('lets no gate pass for %s', (_, actual) => {
    const { relL2, maxAbsDiff } = compareMatrices(actual, [[1, 2]]);
    expect(maxAbsDiff).toBe(Number.POSITIVE_INFINITY);
    expect(relL2 <= 1e30).toBe(false);
  });

  test.each<[string, number[][], number[][], string]>([
    ['a missing value', [[1]], [[1, 2]], 'expected 2 values in row 0, got 1'],
    ['an extra value', [[1, 2, 3]], [[1, 2]], 'expected 2 values in row 0, got 3'],
    [
      'a missing row',
      [[1, 2]],
      [
        [1, 2],
        [3, 4],
      ],
      'expected 2 rows, got 1',
    ],
    [
      'an extra row',
      [
        [1, 2],
        [3, 4],
      ],
      [[1, 2]],
      'expected 1 rows, got 2',
    ],
    ['no rows', [], [], 'expected a reference with values, got an empty one'],
    ['empty rows', [[]], [[]], 'expected a reference with values, got an empty one'],
  ])('refuses %s', (_, actual, expected, message) => {
    expect(() => compareMatrices(actual, expected)).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH', message }),
    );
  });

  test('finds black pixels equal to themselves', () => {
    expect(compareMatrices([[0, 0]], [[0, 0]])).toMatchObject({ minCosine: 1, relL2: 0 });
  });

  test('finds black pixels far from others', () => {
    expect(compareMatrices([[0, 1]], [[0, 0]]).relL2).toBe(Number.POSITIVE_INFINITY);
  });
});
