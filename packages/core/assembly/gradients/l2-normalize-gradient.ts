/**
 * out = (gradient − n (n · gradient)) / ‖x‖₂, with n = x / ‖x‖₂, by row. A row of zeros, where there is no gradient,
 * gets zeros.
 *
 * gradient, x, out [R, C], float32; computed in float64, rounded once. The threads share the rows.
 */
import { rangeEnd, rangeStart } from '../split';

export function l2NormalizeGradient(
  gradient: usize,
  gradientPitch: usize,
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
    const from = gradient + <usize>row * gradientPitch;
    const point = x + <usize>row * xPitch;
    const to = out + <usize>row * outPitch;
    let squares: f64 = 0;
    let product: f64 = 0;
    for (let at: usize = 0; at < bytes; at += 4) {
      const value = <f64>load<f32>(point + at);
      squares += value * value;
      product += value * <f64>load<f32>(from + at);
    }
    const scale = squares == 0 ? 0 : 1 / sqrt<f64>(squares);
    const along = squares == 0 ? 0 : product / squares;
    for (let at: usize = 0; at < bytes; at += 4) {
      const rest = <f64>load<f32>(from + at) - <f64>load<f32>(point + at) * along;
      store<f32>(to + at, <f32>(rest * scale));
    }
  }
}
