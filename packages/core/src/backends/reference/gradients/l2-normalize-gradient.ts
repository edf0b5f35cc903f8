/**
 * out = (gradient − n (n · gradient)) / ‖x‖₂, with n = x / ‖x‖₂, by row. A row of zeros, where there is no gradient,
 * gets zeros.
 *
 * gradient, x, out [R, C]. Float64, rounded once.
 */
import type { StepOf } from '../../../graph/step.ts';
import type { Memory } from '../memory.ts';

export function l2NormalizeGradient(step: StepOf<'l2NormalizeGradient'>, { f32 }: Memory): void {
  const { gradient, x, out } = step;
  for (let row = 0; row < out.rows; row++) {
    const from = gradient.offset + row * gradient.pitch;
    const at = x.offset + row * x.pitch;
    const to = out.offset + row * out.pitch;
    let squares = 0;
    let product = 0;
    for (let c = 0; c < out.columns; c++) {
      squares += f32[at + c]! ** 2;
      product += f32[at + c]! * f32[from + c]!;
    }
    const scale = squares === 0 ? 0 : 1 / Math.sqrt(squares);
    const along = squares === 0 ? 0 : product / squares;
    for (let c = 0; c < out.columns; c++) {
      f32[to + c] = (f32[from + c]! - f32[at + c]! * along) * scale;
    }
  }
}
