/**
 * out = (x − μ) / sqrt(σ² + ε) · weight + bias, with μ and σ² (biased) over each row.
 *
 * x, out [R, C], weight and bias [C]. Two passes in float64, rounded once. ε stands inside the root.
 *
 * @see Ba et al. 2016, "Layer Normalization"
 */
import type { StepOf } from '../../graph/step.ts';
import type { Memory } from './memory.ts';

export function layerNorm(step: StepOf<'layerNorm'>, memory: Memory): void {
  const { x, epsilon, out } = step;
  const { f32 } = memory;
  const weight = memory.single(step.weight);
  const bias = memory.single(step.bias);
  for (let row = 0; row < out.rows; row++) {
    const from = x.offset + row * x.pitch;
    const to = out.offset + row * out.pitch;
    let sum = 0;
    for (let c = 0; c < out.columns; c++) sum += f32[from + c]!;
    const mean = sum / out.columns;
    let squares = 0;
    for (let c = 0; c < out.columns; c++) squares += (f32[from + c]! - mean) ** 2;
    const scale = 1 / Math.sqrt(squares / out.columns + epsilon);
    for (let c = 0; c < out.columns; c++) {
      f32[to + c] = (f32[from + c]! - mean) * scale * weight[c]! + bias[c]!;
    }
  }
}
