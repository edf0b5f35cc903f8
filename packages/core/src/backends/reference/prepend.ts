/** Each sequence of L rows becomes `row` and then those rows. x [B·L, C], out [B·(L + 1), C]. Exact. */
import type { StepOf } from '../../graph/step.ts';
import type { Memory } from './memory.ts';

export function prepend({ x, row, length, out }: StepOf<'prepend'>, memory: Memory): void {
  const { f32 } = memory;
  const first = memory.single(row);
  for (let r = 0; r < out.rows; r++) {
    const sequence = Math.floor(r / (length + 1));
    const position = r % (length + 1);
    const to = out.offset + r * out.pitch;
    if (position === 0) {
      f32.set(first, to);
    } else {
      const from = x.offset + (sequence * length + position - 1) * x.pitch;
      f32.copyWithin(to, from, from + x.columns);
    }
  }
}
