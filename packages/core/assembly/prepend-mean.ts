/**
 * Each sequence of L rows becomes their mean and then those rows.
 *
 * x [B·L, C], out [B·(L + 1), C], float32. The mean is summed in float32, in order. The threads share the sequences.
 */
import { rangeEnd, rangeStart } from './split';

export function prependMean(
  x: usize,
  xPitch: usize,
  length: i32,
  out: usize,
  outPitch: usize,
  rows: i32,
  columns: i32,
  thread: i32,
  threads: i32,
): void {
  const bytes = <usize>columns << 2;
  const share: f32 = 1.0 / <f32>length;
  const sequences = rows / (length + 1);
  const end = rangeEnd(sequences, thread, threads);
  for (let sequence = rangeStart(sequences, thread, threads); sequence < end; sequence++) {
    const from = x + <usize>(sequence * length) * xPitch;
    const to = out + <usize>(sequence * (length + 1)) * outPitch;
    for (let at: usize = 0; at < bytes; at += 4) {
      let sum: f32 = 0;
      let p = from + at;
      for (let row = 0; row < length; row++, p += xPitch) sum += load<f32>(p);
      store<f32>(to + at, sum * share);
    }
    for (let row = 0; row < length; row++) {
      memory.copy(to + <usize>(row + 1) * outPitch, from + <usize>row * xPitch, bytes);
    }
  }
}
