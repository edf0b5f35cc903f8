/**
 * out[r, k] = Σₙ x[r, n] · W[n, k] + residual[r, k]
 *
 * x [R, N], W [N, K], residual and out [R, K]. The sum runs over n in order, in float64; the result is rounded to
 * float32 once, at the store.
 */
import type { StepOf } from '../../../graph/step.ts';
import type { Memory } from '../memory.ts';

export function linearTranspose(step: StepOf<'linearTranspose'>, memory: Memory): void {
  const { x, weight, residual, out } = step;
  const { f32 } = memory;
  const weights = memory.single(weight);
  const sums = new Float64Array(out.columns);
  for (let row = 0; row < out.rows; row++) {
    const from = x.offset + row * x.pitch;
    sums.fill(0);
    for (let n = 0; n < x.columns; n++) {
      const value = f32[from + n]!;
      const w = n * out.columns;
      for (let k = 0; k < sums.length; k++) sums[k]! += value * weights[w + k]!;
    }
    const to = out.offset + row * out.pitch;
    const added = residual === undefined ? undefined : residual.offset + row * residual.pitch;
    for (let k = 0; k < sums.length; k++) {
      f32[to + k] = added === undefined ? sums[k]! : sums[k]! + f32[added + k]!;
    }
  }
}
