/**
 * out[i, h·L + j] = p[i, j] (a[i, j] − Σₘ p[i, m] a[i, m]) / sqrt(d), with a[i, j] = gradient[i]·v[j], by head h: the
 * gradient of the scores q[i]·k[j] before they are divided by sqrt(d). p are the shares.
 *
 * gradient [Q, D], shares and out [Q, H·L], v [ΣT, D], offsets [B + 1] i32. Float64 in order, rounded once.
 */
import type { StepOf } from '../../../graph/step.ts';
import type { Memory } from '../memory.ts';
import { queriesOf } from './attention-shares.ts';

export function attentionScoreGradient(
  step: StepOf<'attentionScoreGradient'>,
  { f32, i32 }: Memory,
): void {
  const { gradient, shares, value, out } = step;
  for (const { query, column, width, share, first, length } of queriesOf(
    step,
    gradient.columns,
    i32,
  )) {
    const from = gradient.offset + query * gradient.pitch + column;
    const p = shares.offset + query * shares.pitch + share;
    const products = new Float64Array(length);
    let mean = 0;
    for (let j = 0; j < length; j++) {
      const other = value.offset + (first + j) * value.pitch + column;
      let dot = 0;
      for (let c = 0; c < width; c++) dot += f32[from + c]! * f32[other + c]!;
      products[j] = dot;
      mean += f32[p + j]! * dot;
    }
    const to = out.offset + query * out.pitch + share;
    for (let j = 0; j < length; j++) {
      f32[to + j] = (f32[p + j]! * (products[j]! - mean)) / Math.sqrt(width);
    }
  }
}
