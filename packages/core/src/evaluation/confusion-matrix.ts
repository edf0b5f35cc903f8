import { ClipError } from '../errors.ts';

/**
 * Counts what each class was taken for.
 *
 * @param classes K, how many classes there are.
 * @param truths [N], the class of each picture, from 0.
 * @param predictions [N], the class that it was taken for, from 0.
 * @returns [K][K]: a row for each true class, a column for each predicted one.
 * @throws ClipError BAD_INPUT for lists of different lengths, or a class that there is not.
 * @example
 * ```ts
 * import { confusionMatrix } from '@clipql/core';
 *
 * const matrix = confusionMatrix(2, [0, 0, 1], [0, 1, 1]);
 * console.log(matrix.map((row) => row.join(' ')).join(' | ')); // 1 1 | 0 1
 * ```
 */
export function confusionMatrix(
  classes: number,
  truths: readonly number[],
  predictions: readonly number[],
): readonly Uint32Array[] {
  if (truths.length !== predictions.length) {
    const got = `${truths.length} and ${predictions.length}`;
    throw new ClipError('BAD_INPUT', `expected as many truths as predictions, got ${got}`);
  }
  const matrix = Array.from({ length: classes }, () => new Uint32Array(classes));
  for (const [i, truth] of truths.entries()) {
    const row = matrix[truth];
    const predicted = predictions[i]!;
    if (row === undefined || !(predicted in row)) {
      const got = `${truth} and ${predicted}`;
      throw new ClipError('BAD_INPUT', `expected classes from 0 to ${classes - 1}, got ${got}`);
    }
    row[predicted]! += 1;
  }
  return matrix;
}

/** How often pictures of one class were taken for another. */
export interface Confusion {
  readonly truth: number;
  readonly predicted: number;
  readonly count: number;
  /** Of the true class's pictures. */
  readonly share: number;
}

/**
 * What is confused with what: the most frequent first, of equals the larger share.
 *
 * @param matrix of {@link confusionMatrix}.
 * @example
 * ```ts
 * import { confusions } from '@clipql/core';
 *
 * const [worst] = confusions([Uint32Array.of(2, 2), Uint32Array.of(1, 4)]);
 * console.log(worst); // { truth: 0, predicted: 1, count: 2, share: 0.5 }
 * ```
 */
export function confusions(matrix: readonly Uint32Array[]): readonly Confusion[] {
  const found = matrix.flatMap((row, truth) => {
    const images = total(row);
    return [...row].flatMap((count, predicted) =>
      count === 0 || predicted === truth
        ? []
        : [{ truth, predicted, count, share: count / images }],
    );
  });
  return found.sort((a, b) => b.count - a.count || b.share - a.share);
}

export const total = (counts: Uint32Array): number => counts.reduce((sum, count) => sum + count, 0);
