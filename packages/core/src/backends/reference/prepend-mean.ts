/** Each sequence of L rows becomes their mean and then those rows. x [B·L, C], out [B·(L + 1), C]. */
import type { StepOf } from '../../graph/step.ts';
import type { Memory } from './memory.ts';

export function prependMean({ x, length, out }: StepOf<'prependMean'>, { f32 }: Memory): void {
  const sums = new Float64Array(out.columns);
  for (let first = 0; first < x.rows; first += length) {
    const mean = out.offset + (first + first / length) * out.pitch;
    sums.fill(0);
    for (let row = 0; row < length; row++) {
      const from = x.offset + (first + row) * x.pitch;
      for (let c = 0; c < out.columns; c++) sums[c]! += f32[from + c]!;
      f32.copyWithin(mean + (row + 1) * out.pitch, from, from + out.columns);
    }
    for (let c = 0; c < out.columns; c++) f32[mean + c] = sums[c]! / length;
  }
}
