/**
 * out[r] = Σ x[i] over the i with indices[i] = r.
 *
 * x [N, C], indices [N] i32, out [R, C], float32. Summed in float32, in order. The threads share the rows of the result.
 */
import { rangeEnd, rangeStart } from '../split';

export function selectTranspose(
  x: usize,
  xPitch: usize,
  count: i32,
  indices: usize,
  out: usize,
  outPitch: usize,
  rows: i32,
  columns: i32,
  thread: i32,
  threads: i32,
): void {
  const bytes = <usize>columns << 2;
  const start = rangeStart(rows, thread, threads);
  const end = rangeEnd(rows, thread, threads);
  for (let row = start; row < end; row++) memory.fill(out + <usize>row * outPitch, 0, bytes);
  for (let i = 0; i < count; i++) {
    const row = load<i32>(indices + (<usize>i << 2));
    if (row < start || row >= end) continue;
    const from = x + <usize>i * xPitch;
    const to = out + <usize>row * outPitch;
    for (let at: usize = 0; at < bytes; at += 4) {
      store<f32>(to + at, load<f32>(to + at) + load<f32>(from + at));
    }
  }
}
