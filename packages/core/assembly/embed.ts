/**
 * out[r] = table[ids[r]]. table [V, C], ids [R] i32, out [R, C], float32. Exact. The threads share
 * the rows. `select` is the same with the rows of a matrix for the table.
 */
import { rangeEnd, rangeStart } from './split';

export function embed(
  table: usize,
  tablePitch: usize,
  ids: usize,
  out: usize,
  outPitch: usize,
  rows: i32,
  columns: i32,
  thread: i32,
  threads: i32,
): void {
  const end = rangeEnd(rows, thread, threads);
  for (let row = rangeStart(rows, thread, threads); row < end; row++) {
    const from = table + <usize>load<i32>(ids + (<usize>row << 2)) * tablePitch;
    memory.copy(out + <usize>row * outPitch, from, <usize>columns << 2);
  }
}
