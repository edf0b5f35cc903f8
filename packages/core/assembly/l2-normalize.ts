/**
 * out = x / ‖x‖₂ by row; a row of zeros stays one.
 *
 * x, out [R, C], float32; the sum of squares in float64. The threads share the rows.
 */
import { rangeEnd, rangeStart } from './split';

export function l2Normalize(
  x: usize,
  xPitch: usize,
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
    const from = x + <usize>row * xPitch;
    const to = out + <usize>row * outPitch;
    let squares: f64 = 0;
    for (let at: usize = 0; at < bytes; at += 4) {
      const value = <f64>load<f32>(from + at);
      squares += value * value;
    }
    const norm = squares == 0 ? 1 : sqrt<f64>(squares);
    for (let at: usize = 0; at < bytes; at += 4) {
      store<f32>(to + at, <f32>(<f64>load<f32>(from + at) / norm));
    }
  }
}
