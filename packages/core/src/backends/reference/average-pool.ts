/**
 * out[b·G² + i·G + j, c] = Σᵤ Σᵥ x[b·H² + (i·k + u)·H + j·k + v, c] / k², with G = ⌊H/k⌋.
 *
 * x [B·H², C], out [B·G², C]. In float64, rounded once.
 */
import type { StepOf } from '../../graph/step.ts';
import type { Memory } from './memory.ts';

export function averagePool(step: StepOf<'averagePool'>, { f32 }: Memory): void {
  const { x, side, kernel, out } = step;
  const outSide = Math.floor(side / kernel);
  const sums = new Float64Array(out.columns);
  for (let row = 0; row < out.rows; row++) {
    const image = Math.floor(row / (outSide * outSide));
    const top = (Math.floor(row / outSide) % outSide) * kernel;
    const left = (row % outSide) * kernel;
    sums.fill(0);
    for (let line = top; line < top + kernel; line++) {
      for (let column = left; column < left + kernel; column++) {
        const from = x.offset + ((image * side + line) * side + column) * x.pitch;
        for (let c = 0; c < out.columns; c++) sums[c]! += f32[from + c]!;
      }
    }
    const to = out.offset + row * out.pitch;
    for (let c = 0; c < out.columns; c++) f32[to + c] = sums[c]! / (kernel * kernel);
  }
}
