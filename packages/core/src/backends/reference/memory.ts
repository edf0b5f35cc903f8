import type { Weight } from '../../graph/weight.ts';

/** What a step of the reference backend works on. */
export interface Memory {
  /** The arena as float32; `i32` is the same memory as int32. */
  readonly f32: Float32Array;
  readonly i32: Int32Array;
  /** A weight's parameters one by one, each row-major, in the order in which they are stacked. */
  parts(weight: Weight): readonly Float32Array[];
  /** A weight that is one parameter. */
  single(weight: Weight): Float32Array;
}
