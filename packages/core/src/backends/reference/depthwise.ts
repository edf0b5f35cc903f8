/**
 * out[b·G² + i·G + j, c] = activation(Σᵤ Σᵥ x[b·H² + (i·s + u − p)·H + j·s + v − p, c] · W[u·k + v, c] + bias[c]),
 * with x zero outside of the image; p lines of zeros lie before it.
 *
 * x [B·H², C], W [k², C], bias [C], out [B·G², C]. The sum runs over u, then v, in float64; the result is
 * rounded to float32 once.
 */
import type { StepOf } from '../../graph/step.ts';
import type { Memory } from './memory.ts';
import { rectify } from './relu.ts';

export function depthwise(step: StepOf<'depthwise'>, memory: Memory): void {
  const { x, weight, bias, window, activation, out } = step;
  const { f32 } = memory;
  const { side, kernel, stride, before, outSide } = window;
  const weights = memory.single(weight);
  const biases = memory.single(bias);
  for (let row = 0; row < out.rows; row++) {
    const image = Math.floor(row / (outSide * outSide));
    const top = (Math.floor(row / outSide) % outSide) * stride - before;
    const left = (row % outSide) * stride - before;
    const sums = Float64Array.from(biases);
    for (let u = Math.max(0, -top); u < Math.min(kernel, side - top); u++) {
      for (let v = Math.max(0, -left); v < Math.min(kernel, side - left); v++) {
        const from = x.offset + ((image * side + top + u) * side + left + v) * x.pitch;
        const w = (u * kernel + v) * out.columns;
        for (let c = 0; c < out.columns; c++) sums[c]! += f32[from + c]! * weights[w + c]!;
      }
    }
    const to = out.offset + row * out.pitch;
    for (let c = 0; c < out.columns; c++) {
      f32[to + c] = activation === undefined ? sums[c]! : rectify(sums[c]!, activation);
    }
  }
}
