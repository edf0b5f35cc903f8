import { ClipError, grouped } from '../errors.ts';

/** The least and the highest temperature that {@link bestTemperature} returns. */
const LEAST = 1e-3;
const HIGHEST = 1e3;
/** Halvings of the range between them, in logarithms: to 1e-13. */
const HALVINGS = 48;

/**
 * The temperature that calibrates logits: softmax(logits / T) gives the true classes the highest
 * likelihood (Guo et al. 2017, https://arxiv.org/abs/1706.04599, section 4.2). The negative log-likelihood
 * is convex in 1/T, and so is the prior.
 *
 * @param logits [items][K], at least one item.
 * @param classes the true class of each item, below K.
 * @param options.prior how many items' worth of evidence there is for T = 1: adds
 *   prior · (1/T − 1 − ln(1/T)) to the sum over the items. Without a prior, which is the default, items that
 *   are all classified correctly have T = 0.001, the least that is returned; the highest is 1000.
 * @throws ClipError BAD_INPUT for no items, and where classes and logits do not fit.
 * @example
 * ```ts
 * import { bestTemperature } from '@clipql/core';
 *
 * // Three of four are right, and the logits claim 98 %.
 * const logits = [[4, 0], [4, 0], [4, 0], [4, 0]];
 * console.log(bestTemperature(logits, [0, 0, 0, 1]).toFixed(2)); // 3.64
 * ```
 */
export function bestTemperature(
  logits: readonly ArrayLike<number>[],
  classes: readonly number[],
  { prior = 0 }: { readonly prior?: number } = {},
): number {
  checkFit(logits, classes);
  // The slope by 1/T rises with 1/T.
  let least = 1 / HIGHEST;
  let highest = 1 / LEAST;
  for (let step = 0; step < HALVINGS; step++) {
    const inverse = Math.sqrt(least * highest);
    const slope = slopeAt(inverse, logits, classes) + prior * (1 - 1 / inverse);
    if (slope > 0) highest = inverse;
    else least = inverse;
  }
  return 1 / Math.sqrt(least * highest);
}

/** The derivative of the negative log-likelihood by 1/T, summed over the items: mean logit minus that of the class. */
function slopeAt(
  inverse: number,
  logits: readonly ArrayLike<number>[],
  classes: readonly number[],
): number {
  let slope = 0;
  for (const [i, row] of logits.entries()) {
    let top = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < row.length; k++) top = Math.max(top, row[k]!);
    let weights = 0;
    let sum = 0;
    for (let k = 0; k < row.length; k++) {
      const below = row[k]! - top;
      const weight = Math.exp(inverse * below);
      weights += weight;
      sum += weight * below;
    }
    slope += sum / weights - (row[classes[i]!]! - top);
  }
  return slope;
}

function checkFit(logits: readonly ArrayLike<number>[], classes: readonly number[]): void {
  if (logits.length === 0 || logits.length !== classes.length) {
    throw new ClipError(
      'BAD_INPUT',
      `expected a class for each of at least one row of logits, got ${grouped(classes.length)} for ${grouped(logits.length)}`,
    );
  }
  for (const [i, row] of logits.entries()) {
    const label = classes[i]!;
    if (!(Number.isInteger(label) && label >= 0 && label < row.length)) {
      throw new ClipError(
        'BAD_INPUT',
        `item ${i}: expected a class below ${grouped(row.length)}, got ${grouped(label)}`,
      );
    }
  }
}
