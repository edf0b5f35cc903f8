/** out[r] = Σ x[i] over the i with indices[i] = r. x [N, C], indices [N] i32, out [R, C]. Summed in float32, in order. */
import type { StepOf } from '../../../graph/step.ts';
import type { Memory } from '../memory.ts';

export function selectTranspose(step: StepOf<'selectTranspose'>, { f32, i32 }: Memory): void {
  const { x, indices, out } = step;
  for (let row = 0; row < out.rows; row++) {
    const to = out.offset + row * out.pitch;
    f32.fill(0, to, to + out.columns);
  }
  for (let i = 0; i < x.rows; i++) {
    const from = x.offset + i * x.pitch;
    const to = out.offset + i32[indices.offset + i * indices.pitch]! * out.pitch;
    for (let c = 0; c < out.columns; c++) f32[to + c]! += f32[from + c]!;
  }
}
