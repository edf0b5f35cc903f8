/** out[r] = x[indices[r]]. x [R, C], indices [N] i32, out [N, C]. Exact. */
import type { StepOf } from '../../graph/step.ts';
import type { Memory } from './memory.ts';

export function select({ x, indices, out }: StepOf<'select'>, { f32, i32 }: Memory): void {
  for (let row = 0; row < out.rows; row++) {
    const index = i32[indices.offset + row * indices.pitch]!;
    const from = x.offset + index * x.pitch;
    f32.copyWithin(out.offset + row * out.pitch, from, from + out.columns);
  }
}
