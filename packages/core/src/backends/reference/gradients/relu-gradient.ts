/**
 * out = gradient where 0 < y, and for relu6 y < 6; else 0. y is what relu, or relu6, gave.
 *
 * gradient, y, out [R, C]. Exact.
 */
import type { StepOf } from '../../../graph/step.ts';
import type { Memory } from '../memory.ts';

export function reluGradient(step: StepOf<'reluGradient'>, { f32 }: Memory): void {
  const { gradient, y, activation, out } = step;
  const top = activation === 'relu6' ? 6 : Number.POSITIVE_INFINITY;
  for (let row = 0; row < out.rows; row++) {
    const from = gradient.offset + row * gradient.pitch;
    const at = y.offset + row * y.pitch;
    const to = out.offset + row * out.pitch;
    for (let c = 0; c < out.columns; c++) {
      const value = f32[at + c]!;
      f32[to + c] = value > 0 && value < top ? f32[from + c]! : 0;
    }
  }
}
