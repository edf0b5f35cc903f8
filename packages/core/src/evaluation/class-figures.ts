import { total } from './confusion-matrix.ts';
import { type Estimate, meanShare, type Share, wilsonInterval } from './share.ts';

/** How well one class is recognised. */
export interface ClassFigures {
  /** Pictures of the class. */
  readonly images: number;
  /** Pictures that were taken for it, rightly or wrongly. */
  readonly predicted: number;
  /** Share of its pictures that were taken for it; undefined for a class without pictures. */
  readonly recall: Estimate | undefined;
  /** Share of what was taken for it that is of it; undefined where nothing was. */
  readonly precision: Estimate | undefined;
}

/** What a confusion matrix says, with confidence intervals of 95 %. */
export interface Figures {
  readonly accuracy: Estimate;
  /** Mean recall of the classes that have pictures: small classes count as much as large ones. */
  readonly balancedAccuracy: Estimate;
  /** In the order of the matrix. */
  readonly classes: readonly ClassFigures[];
}

/**
 * Accuracy, balanced accuracy, and recall and precision of each class. The interval of each share is
 * Wilson's; that of the balanced accuracy, a mean of shares, is put together from those of the recalls.
 *
 * @param matrix of `confusionMatrix`: [K][K], rows are true classes.
 * @returns undefined for a matrix of no pictures.
 * @example
 * ```ts
 * import { confusionFigures } from '@clipql/core';
 *
 * const figures = confusionFigures([Uint32Array.of(9, 1), Uint32Array.of(1, 1)]);
 * console.log(figures?.accuracy.value.toFixed(3), figures?.balancedAccuracy.value); // 0.833 0.7
 * ```
 */
export function confusionFigures(matrix: readonly Uint32Array[]): Figures | undefined {
  const rows = matrix.map(total);
  const columns = matrix.map((_, k) => matrix.reduce((sum, row) => sum + row[k]!, 0));
  const right = matrix.map((row, k) => row[k]!);
  const recalls = right.map((hits, k): Share => ({ hits, of: rows[k]! }));
  const seen = recalls.filter(({ of }) => of > 0);
  if (seen.length === 0) return undefined;
  return {
    accuracy: wilsonInterval({
      hits: right.reduce((a, b) => a + b, 0),
      of: rows.reduce((a, b) => a + b, 0),
    }),
    balancedAccuracy: meanShare(seen),
    classes: recalls.map((recall, k) => ({
      images: recall.of,
      predicted: columns[k]!,
      recall: estimate(recall),
      precision: estimate({ hits: recall.hits, of: columns[k]! }),
    })),
  };
}

const estimate = (share: Share): Estimate | undefined =>
  share.of === 0 ? undefined : wilsonInterval(share);
