/**
 * Each sequence of L rows becomes `first` and then those rows.
 *
 * x [B·L, C], first [C], out [B·(L + 1), C], float32. Exact. The threads share the rows.
 */
import { rangeEnd, rangeStart } from './split';

export function prepend(
  x: usize,
  xPitch: usize,
  first: usize,
  length: i32,
  out: usize,
  outPitch: usize,
  rows: i32,
  columns: i32,
  thread: i32,
  threads: i32,
): void {
  const end = rangeEnd(rows, thread, threads);
  for (let row = rangeStart(rows, thread, threads); row < end; row++) {
    const sequence = row / (length + 1);
    const position = row % (length + 1);
    const from =
      position == 0 ? first : x + <usize>(sequence * length + position - 1) * xPitch;
    memory.copy(out + <usize>row * outPitch, from, <usize>columns << 2);
  }
}
