/**
 * out[b·G² + i·G + j, (u·k + v)·C + c] = x[b·H² + (i·s + u − p)·H + j·s + v − p, c], zero outside of the
 * image; p lines of zeros lie before it.
 *
 * x [B·H², C], out [B·G², k²·C]. Exact.
 */
import type { StepOf } from '../../graph/step.ts';
import type { Memory } from './memory.ts';

export function windows({ x, window, out }: StepOf<'windows'>, { f32 }: Memory): void {
  const { side, kernel, stride, before, outSide } = window;
  for (let row = 0; row < out.rows; row++) {
    const image = Math.floor(row / (outSide * outSide));
    const top = (Math.floor(row / outSide) % outSide) * stride - before;
    const left = (row % outSide) * stride - before;
    let to = out.offset + row * out.pitch;
    for (let line = top; line < top + kernel; line++) {
      for (let column = left; column < left + kernel; column++) {
        const inside = line >= 0 && line < side && column >= 0 && column < side;
        const from = x.offset + ((image * side + line) * side + column) * x.pitch;
        if (inside) f32.copyWithin(to, from, from + x.columns);
        else f32.fill(0, to, to + x.columns);
        to += x.columns;
      }
    }
  }
}
