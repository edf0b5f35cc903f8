import type { Pyramid } from './pyramid.ts';
import { RECIPE } from './recipe.ts';
import type { Slices } from './slices.ts';

/** Where gradient ascent over a pyramid's levels has come to. Arrays hold the values of all levels. */
export interface Ascent {
  /** Steps taken. */
  readonly step: number;
  readonly values: Float32Array;
  readonly momentum: Float32Array;
  /** The mean of the values since the rate began to fall. */
  readonly mean: Float32Array;
}

/** The names of an ascent's arrays, in the order in which they are stored. */
export const ASCENT_ARRAYS = ['values', 'momentum', 'mean'] as const;

export function beginAscent({ length }: Pyramid): Ascent {
  const zeros = () => new Float32Array(length);
  return { step: 0, values: zeros(), momentum: zeros(), mean: zeros() };
}

/** What an ascent is over, and how long it is. */
export interface AscentPlan {
  readonly pyramid: Pyramid;
  readonly steps: number;
  /** How firmly the start picture is kept: with 1, nothing is added to it. */
  readonly keep: number;
}

/**
 * One step of ascent with momentum. Each level's gradient is brought to a root mean square of 1 and has a rate of its
 * own, which falls towards the end. Values decay towards 0, and those of finer levels are soft-thresholded, which keeps
 * them sparse.
 *
 * @see Daubechies, Defrise & De Mol 2004, "An iterative thresholding algorithm for linear inverse problems with a
 *   sparsity constraint"
 *
 * @param gradient by the values.
 * @returns the state after the step; the one given stays as it is.
 */
export async function ascend(
  { step, ...before }: Ascent,
  gradient: Float32Array,
  { pyramid, steps, keep, slices }: AscentPlan & { readonly slices: Slices },
): Promise<Ascent> {
  const [values, momentum, mean] = ASCENT_ARRAYS.map((name) => before[name].slice());
  const { fallFrom, rate, ratePower } = RECIPE;
  const share = step / steps;
  const fall = share < fallFrom ? 1 : (1 - share) / (1 - fallFrom);
  // Rate and decay both go by 1/√n, so that the contrast does not depend on the number of steps.
  const shareOfStep = fall / Math.sqrt(steps);
  const decay = (RECIPE.decay + RECIPE.keepDecay * keep) * shareOfStep;
  const stepRate = rate * (1 - keep) * shareOfStep;
  const averaged = Math.max(1, step - Math.ceil(fallFrom * steps) + 1);
  for (const { side, begin, end } of pyramid.levels) {
    const size = rootMeanSquare(gradient.subarray(begin, end));
    const scale = size > 0 ? 1 / size : 0;
    const levelRate = stepRate * side ** ratePower;
    const threshold = side >= RECIPE.thresholdFrom ? RECIPE.threshold * levelRate : 0;
    for (let i = begin; i < end; i++) {
      momentum![i] = RECIPE.momentum * momentum![i]! + scale * gradient[i]!;
      const value = values![i]! * (1 - decay) + levelRate * momentum![i]!;
      values![i] = softThreshold(value, threshold);
      mean![i]! += (values![i]! - mean![i]!) / averaged;
    }
    await slices.next();
  }
  return { step: step + 1, values: values!, momentum: momentum!, mean: mean! };
}

const softThreshold = (value: number, threshold: number): number =>
  Math.sign(value) * Math.max(Math.abs(value) - threshold, 0);

function rootMeanSquare(values: Float32Array): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i]! * values[i]!;
  return Math.sqrt(squares / values.length);
}
