/** out[r] = table[ids[r]]. table [V, D], ids [R] i32, out [R, D]. Exact. */
import type { StepOf } from '../../graph/step.ts';
import type { Memory } from './memory.ts';

export function embed({ table, ids, out }: StepOf<'embed'>, memory: Memory): void {
  const { f32, i32 } = memory;
  const rows = memory.single(table);
  for (let row = 0; row < out.rows; row++) {
    const id = i32[ids.offset + row * ids.pitch]!;
    const from = rows.subarray(id * table.columns, (id + 1) * table.columns);
    f32.set(from, out.offset + row * out.pitch);
  }
}
