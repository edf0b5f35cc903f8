/**
 * out[b·H² + (i·s + u − p)·H + j·s + v − p, c] = Σ x[b·G² + i·G + j, (u·k + v)·C + c] over the windows i, j and their
 * u, v that reach that pixel; p lines of zeros lie before the image.
 *
 * x [B·G², k²·C], out [B·H², C]. The sum runs over the windows in order, in float64, rounded once.
 */
import type { StepOf } from '../../../graph/step.ts';
import type { Memory } from '../memory.ts';
import { overWindows } from './over-windows.ts';

export function windowsTranspose(step: StepOf<'windowsTranspose'>, { f32 }: Memory): void {
  const { x, window, out } = step;
  const sums = new Float64Array(out.columns);
  overWindows(out.rows, window, {
    begin: () => sums.fill(0),
    meet: (place, tap) => {
      const from = x.offset + place * x.pitch + tap * out.columns;
      for (let c = 0; c < sums.length; c++) sums[c]! += f32[from + c]!;
    },
    end: (pixel) => f32.set(sums, out.offset + pixel * out.pitch),
  });
}
