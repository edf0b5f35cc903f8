import { ClipError } from './errors.ts';

/** Options of `Clip.imageGradient`. */
export interface GradientOptions {
  /**
   * Residual branches to drop in both passes, 0 to `ClipInfo.residualBranches` − 1, from the pixels on: x + f(x) becomes x.
   * None unless given.
   */
  readonly dropped?: readonly number[];
}

/** @returns them in order, each once. @throws ClipError BAD_INPUT for one that is not there. */
export function checkedBranches(dropped: readonly number[], branches: number): readonly number[] {
  for (const branch of dropped) {
    if (!Number.isInteger(branch) || branch < 0 || branch >= branches) {
      throw new ClipError(
        'BAD_INPUT',
        `expected a residual branch of 0 to ${branches - 1}, got ${branch}`,
      );
    }
  }
  return [...new Set(dropped)].sort((a, b) => a - b);
}
