/**
 * out = (h − mean(h) − n · mean(h ∘ n)) / sqrt(σ² + ε), with h = gradient ∘ weight, n = (x − μ) / sqrt(σ² + ε), and
 * μ and σ² (biased) of x, by row.
 *
 * gradient, x, out [R, C], weight [C]. In float64, rounded once.
 */
import type { StepOf } from '../../../graph/step.ts';
import type { Memory } from '../memory.ts';

export function layerNormGradient(step: StepOf<'layerNormGradient'>, memory: Memory): void {
  const { gradient, x, epsilon, out } = step;
  const { f32 } = memory;
  const weight = memory.single(step.weight);
  const count = out.columns;
  for (let row = 0; row < out.rows; row++) {
    const from = gradient.offset + row * gradient.pitch;
    const at = x.offset + row * x.pitch;
    const to = out.offset + row * out.pitch;
    let sum = 0;
    for (let c = 0; c < count; c++) sum += f32[at + c]!;
    const mean = sum / count;
    let squares = 0;
    for (let c = 0; c < count; c++) squares += (f32[at + c]! - mean) ** 2;
    const scale = 1 / Math.sqrt(squares / count + epsilon);
    let plain = 0;
    let aligned = 0;
    for (let c = 0; c < count; c++) {
      const weighted = f32[from + c]! * weight[c]!;
      plain += weighted;
      aligned += weighted * (f32[at + c]! - mean) * scale;
    }
    for (let c = 0; c < count; c++) {
      const normal = (f32[at + c]! - mean) * scale;
      const weighted = f32[from + c]! * weight[c]!;
      f32[to + c] = scale * (weighted - plain / count - (normal * aligned) / count);
    }
  }
}
