import {
  type ForwardOperation,
  type GradientOperation,
  isForward,
  mapOperands,
  type Operation,
  type OperationName,
  type OperationOf,
} from './operation.ts';
import type { Weight } from './weight.ts';

/** Where a matrix lies in the arena: element [r, c] is word `offset + r · pitch + c`. */
export interface Slot {
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
  readonly pitch: number;
}

/**
 * One step of a plan; `T` is how it names its matrices. `out` never overlaps one that it reads. All
 * matrices are float32, but for `ids`, `indices` and `offsets`, which are int32.
 */
export type Step<T = Slot> = Operation<T, Weight> & { readonly out: T };

/** A step of a forward pass. */
export type ForwardStep = ForwardOperation<Slot, Weight> & { readonly out: Slot };

/** A step of a backward pass. */
export type GradientStep = GradientOperation<Slot, Weight> & { readonly out: Slot };

export const isForwardStep = (step: ForwardStep | GradientStep): step is ForwardStep =>
  isForward(step);

export type StepOf<Op extends OperationName> = OperationOf<Op, Slot, Weight> & {
  readonly out: Slot;
};

/** The same step with its matrices named in another way. */
export function mapStep<T, U>(step: Step<T>, map: (matrix: T) => U): Step<U> {
  return { ...mapOperands(step, map, (weight) => weight), out: map(step.out) };
}
