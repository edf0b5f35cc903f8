import { rowMajor, type TensorEntry } from './tensor-entry.ts';

/**
 * How a parameter lies in its tensor, where not as it is: `transposed`, a matrix that PyTorch's code multiplies
 * from the right; `pointwise`, a convolution of 1 × 1; `channels-last` [N, k, k, C] of a convolution [N, C, k, k];
 * `depthwise` [k·k, C] of one [C, 1, k, k]; `batched`, the only one of a batch.
 */
export type TensorView = keyof typeof VIEWS;

interface View {
  /** The tensor's shape, of the parameter's. */
  readonly shape: (parameter: readonly number[]) => readonly number[];
  /** Which of the tensor's dimensions stand in what order in the parameter. */
  readonly axes: readonly number[];
}

const VIEWS = {
  transposed: { shape: ([a, b]) => [b!, a!], axes: [1, 0] },
  pointwise: { shape: ([n, c]) => [n!, c!, 1, 1], axes: [0, 1, 2, 3] },
  'channels-last': { shape: ([n, k, , c]) => [n!, c!, k!, k!], axes: [0, 2, 3, 1] },
  depthwise: {
    shape: ([places, c]) => [c!, 1, Math.sqrt(places!), Math.sqrt(places!)],
    axes: [2, 3, 1, 0],
  },
  batched: { shape: ([rows, columns]) => [1, rows!, columns!], axes: [0, 1, 2] },
} as const satisfies Record<string, View>;

/** The shape of the tensor in which a parameter of this shape lies so. */
export const viewedShape = (view: TensorView, parameter: readonly number[]): readonly number[] =>
  VIEWS[view].shape(parameter);

/** The tensor with its dimensions in the parameter's order. */
export function viewOf(entry: TensorEntry, view: TensorView): TensorEntry {
  const { axes } = VIEWS[view];
  if (axes.every((axis, i) => axis === i)) return entry;
  const strides = entry.strides ?? rowMajor(entry.shape);
  return {
    ...entry,
    shape: axes.map((axis) => entry.shape[axis]!),
    strides: axes.map((axis) => strides[axis]!),
  };
}
