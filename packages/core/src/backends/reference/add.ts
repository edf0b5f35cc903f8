/** out = x + y; or out[r] = x[r] + table[r mod T]. x, y, out [R, C], table [T, C]. Rounded once. */
import type { StepOf } from '../../graph/step.ts';
import type { Memory } from './memory.ts';

export function add({ x, y, out }: StepOf<'add'>, { f32 }: Memory): void {
  for (let row = 0; row < out.rows; row++) {
    const left = x.offset + row * x.pitch;
    const right = y.offset + row * y.pitch;
    const to = out.offset + row * out.pitch;
    for (let c = 0; c < out.columns; c++) f32[to + c] = f32[left + c]! + f32[right + c]!;
  }
}

export function addTable({ x, table, out }: StepOf<'addTable'>, memory: Memory): void {
  const { f32 } = memory;
  const rows = memory.single(table);
  for (let row = 0; row < out.rows; row++) {
    const left = x.offset + row * x.pitch;
    const right = (row % table.rows) * table.columns;
    const to = out.offset + row * out.pitch;
    for (let c = 0; c < out.columns; c++) f32[to + c] = f32[left + c]! + rows[right + c]!;
  }
}
