/** out = x / ‖x‖₂ by row; a row of zeros stays one. x, out [R, C]. Float64, rounded once. */
import type { StepOf } from '../../graph/step.ts';
import type { Memory } from './memory.ts';

export function l2Normalize({ x, out }: StepOf<'l2Normalize'>, { f32 }: Memory): void {
  for (let row = 0; row < out.rows; row++) {
    const from = x.offset + row * x.pitch;
    const to = out.offset + row * out.pitch;
    let squares = 0;
    for (let c = 0; c < out.columns; c++) squares += f32[from + c]! ** 2;
    const norm = Math.sqrt(squares) || 1;
    for (let c = 0; c < out.columns; c++) f32[to + c] = f32[from + c]! / norm;
  }
}
