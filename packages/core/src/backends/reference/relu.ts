/** out = max(x, 0) (relu), or min(max(x, 0), 6) (relu6). x, out [R, C]. Exact. */
import type { Rectifier } from '../../graph/forward-operands.ts';
import type { StepOf } from '../../graph/step.ts';
import type { Memory } from './memory.ts';

export const rectify = (x: number, activation: Rectifier): number =>
  Math.min(Math.max(x, 0), activation === 'relu6' ? 6 : Number.POSITIVE_INFINITY);

export function relu({ x, activation, out }: StepOf<'relu'>, { f32 }: Memory): void {
  for (let row = 0; row < out.rows; row++) {
    const from = x.offset + row * x.pitch;
    const to = out.offset + row * out.pitch;
    for (let c = 0; c < out.columns; c++) f32[to + c] = rectify(f32[from + c]!, activation);
  }
}
