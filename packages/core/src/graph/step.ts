import type { Activation } from '../config/clip-config.ts';

/**
 * Weights that a step uses as one: parameters stacked by rows, [rows, columns]. Most are a single
 * parameter; the query, key and value projections of a block are three.
 */
export interface PackedWeight {
  readonly parameters: readonly { readonly name: string; readonly rows: number }[];
  /** Of all parameters together. */
  readonly rows: number;
  readonly columns: number;
}

/** Where a matrix lies in the arena: element [r, c] is word `offset + r · pitch + c`. */
export interface Slot {
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
  readonly pitch: number;
}

/**
 * One step of a plan; `T` is how it names its operands. `out` never overlaps an operand. All
 * matrices are float32, but for `ids`, `indices` and `offsets`, which are int32.
 */
export type Step<T = Slot> =
  /** out[B·P, C·p·p] = im2col of x[B, C·S·S]. */
  | {
      readonly op: 'patches';
      readonly x: T;
      readonly channels: number;
      readonly imageSize: number;
      readonly patchSize: number;
      readonly out: T;
    }
  /** out[r] = table[ids[r]]. */
  | { readonly op: 'embed'; readonly table: PackedWeight; readonly ids: T; readonly out: T }
  /** out = activation(x·Wᵀ + bias) + residual; each of the three may be absent. */
  | {
      readonly op: 'linear';
      readonly x: T;
      readonly weight: PackedWeight;
      readonly bias: PackedWeight | undefined;
      readonly activation: Activation | undefined;
      readonly residual: T | undefined;
      readonly out: T;
    }
  /** out = activation(x). */
  | { readonly op: 'gelu'; readonly x: T; readonly activation: Activation; readonly out: T }
  /** out = (x − mean) / sqrt(variance + ε) · weight + bias, by row. */
  | {
      readonly op: 'layerNorm';
      readonly x: T;
      readonly weight: PackedWeight;
      readonly bias: PackedWeight;
      readonly epsilon: number;
      readonly out: T;
    }
  /**
   * out = softmax(q·kᵀ / sqrt(d))·v by head, d = columns / heads, within each sequence, of which none
   * has more than `longest` rows. What rows of no sequence get is not defined.
   */
  | {
      readonly op: 'attention';
      readonly query: T;
      readonly key: T;
      readonly value: T;
      readonly offsets: T;
      readonly heads: number;
      readonly causal: boolean;
      readonly longest: number;
      readonly out: T;
    }
  /** out = x + y. */
  | { readonly op: 'add'; readonly x: T; readonly y: T; readonly out: T }
  /** out[r] = x[r] + table[r mod rows of the table]. */
  | { readonly op: 'addTable'; readonly x: T; readonly table: PackedWeight; readonly out: T }
  /** Each sequence of `length` rows, with `row` in front of it. */
  | {
      readonly op: 'prepend';
      readonly x: T;
      readonly row: PackedWeight;
      readonly length: number;
      readonly out: T;
    }
  /** out[r] = x[indices[r]]. */
  | { readonly op: 'select'; readonly x: T; readonly indices: T; readonly out: T }
  /** out = x / ‖x‖₂ by row. */
  | { readonly op: 'l2Normalize'; readonly x: T; readonly out: T };

export type StepOf<Op extends Step['op']> = Extract<Step, { op: Op }>;

/** The matrices that a step reads. */
export function stepOperands<T>(step: Step<T>): readonly T[] {
  switch (step.op) {
    case 'embed':
      return [step.ids];
    case 'linear':
      return step.residual === undefined ? [step.x] : [step.x, step.residual];
    case 'attention':
      return [step.query, step.key, step.value, step.offsets];
    case 'add':
      return [step.x, step.y];
    case 'select':
      return [step.x, step.indices];
    default:
      return [step.x];
  }
}

/** The same step with its matrices named in another way. */
export function mapStep<T, U>(step: Step<T>, map: (matrix: T) => U): Step<U> {
  const out = map(step.out);
  switch (step.op) {
    case 'embed':
      return { ...step, ids: map(step.ids), out };
    case 'linear': {
      const residual = step.residual === undefined ? undefined : map(step.residual);
      return { ...step, x: map(step.x), residual, out };
    }
    case 'attention':
      return {
        ...step,
        query: map(step.query),
        key: map(step.key),
        value: map(step.value),
        offsets: map(step.offsets),
        out,
      };
    case 'add':
      return { ...step, x: map(step.x), y: map(step.y), out };
    case 'select':
      return { ...step, x: map(step.x), indices: map(step.indices), out };
    default:
      return { ...step, x: map(step.x), out };
  }
}

/** The weights that a step reads. */
export function stepWeights(step: Step<unknown>): readonly PackedWeight[] {
  switch (step.op) {
    case 'embed':
    case 'addTable':
      return [step.table];
    case 'linear':
      return step.bias === undefined ? [step.weight] : [step.weight, step.bias];
    case 'layerNorm':
      return [step.weight, step.bias];
    case 'prepend':
      return [step.row];
    default:
      return [];
  }
}
