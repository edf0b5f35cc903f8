/**
 * out[r] = x[r] + y[r mod period]; period is R for a matrix of the same shape.
 *
 * x, out [R, C], y [period, C], float32. Rounded once. The threads share the rows.
 */
import { rangeEnd, rangeStart } from './split';

export function add(
  x: usize,
  xPitch: usize,
  y: usize,
  yPitch: usize,
  period: i32,
  out: usize,
  outPitch: usize,
  rows: i32,
  columns: i32,
  thread: i32,
  threads: i32,
): void {
  const bytes = <usize>columns << 2;
  const end = rangeEnd(rows, thread, threads);
  for (let row = rangeStart(rows, thread, threads); row < end; row++) {
    const left = x + <usize>row * xPitch;
    const right = y + <usize>(row % period) * yPitch;
    const to = out + <usize>row * outPitch;
    let at: usize = 0;
    for (; at + 16 <= bytes; at += 16) {
      v128.store(to + at, f32x4.add(v128.load(left + at), v128.load(right + at)));
    }
    for (; at < bytes; at += 4) store<f32>(to + at, load<f32>(left + at) + load<f32>(right + at));
  }
}
