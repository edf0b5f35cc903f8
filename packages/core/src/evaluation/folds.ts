import { ClipError } from '../errors.ts';

/**
 * Parts items into folds for cross-validation, so that each class is spread evenly over them: the items of a class
 * are dealt to the folds in turn, in their order, and the next class goes on at the next fold. Neither the sizes of
 * the folds nor the number of a class's items in each differ by more than 1.
 *
 * @param classes the class of each item.
 * @param folds at least 2. With as many folds as items, or more, each item is a fold of its own: leave-one-out.
 * @returns the fold of each item, from 0.
 * @throws ClipError BAD_INPUT for fewer than 2 folds.
 * @example
 * ```ts
 * import { stratifiedFolds } from '@clipql/core';
 *
 * console.log(stratifiedFolds([0, 0, 0, 1, 1, 1], 3).join(' ')); // 0 1 2 0 1 2
 * console.log(stratifiedFolds([0, 0, 1], 3).join(' ')); // 0 1 2
 * ```
 */
export function stratifiedFolds(classes: readonly number[], folds: number): readonly number[] {
  if (!(Number.isInteger(folds) && folds >= 2)) {
    throw new ClipError('BAD_INPUT', `expected at least 2 folds, got ${folds}`);
  }
  const byClass = classes.map((_, i) => i).sort((a, b) => classes[a]! - classes[b]! || a - b);
  const foldOf = new Array<number>(classes.length);
  for (const [turn, item] of byClass.entries()) foldOf[item] = turn % folds;
  return foldOf;
}
