/**
 * out[i] = Σⱼ shares[i, h·L + j] · x[j] (attentionMix), or out[j] = Σᵢ shares[i, h·L + j] · x[i]
 * (attentionMixTranspose), by head h, within a sequence.
 *
 * shares [Q, H·L], rows by query [Q, D], rows by key [ΣT, D], offsets [B + 1] i32. Float64 in order, rounded once.
 */
import type { StepOf } from '../../../graph/step.ts';
import type { Memory } from '../memory.ts';
import { queriesOf } from './attention-shares.ts';

export function attentionMix(step: StepOf<'attentionMix'>, { f32, i32 }: Memory): void {
  const { shares, x, out } = step;
  for (const { query, column, width, share, first, length } of queriesOf(step, x.columns, i32)) {
    const p = shares.offset + query * shares.pitch + share;
    const to = out.offset + query * out.pitch + column;
    for (let c = 0; c < width; c++) {
      let sum = 0;
      for (let j = 0; j < length; j++) {
        sum += f32[p + j]! * f32[x.offset + (first + j) * x.pitch + column + c]!;
      }
      f32[to + c] = sum;
    }
  }
}

export function attentionMixTranspose(
  step: StepOf<'attentionMixTranspose'>,
  { f32, i32 }: Memory,
): void {
  const { shares, x, out } = step;
  const sums = new Float64Array(out.rows * out.columns);
  for (const { query, column, width, share, first, length } of queriesOf(step, x.columns, i32)) {
    const p = shares.offset + query * shares.pitch + share;
    const from = x.offset + query * x.pitch + column;
    for (let j = 0; j < length; j++) {
      const to = (first + j) * out.columns + column;
      for (let c = 0; c < width; c++) sums[to + c]! += f32[p + j]! * f32[from + c]!;
    }
  }
  for (let row = 0; row < out.rows; row++) {
    const from = row * out.columns;
    f32.set(sums.subarray(from, from + out.columns), out.offset + row * out.pitch);
  }
}
