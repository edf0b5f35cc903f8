/**
 * out = gradient where 0 < y, and for relu6 y < 6; else 0. y is what relu, or relu6, gave.
 *
 * gradient, y, out [R, C], float32. Exact. The threads share the rows.
 */
import { RELU6 } from '../relu';
import { rangeEnd, rangeStart } from '../split';

export function reluGradient(
  gradient: usize,
  gradientPitch: usize,
  y: usize,
  yPitch: usize,
  out: usize,
  outPitch: usize,
  rows: i32,
  columns: i32,
  activation: i32,
  thread: i32,
  threads: i32,
): void {
  const bytes = <usize>columns << 2;
  const top: f32 = activation == RELU6 ? 6 : f32.MAX_VALUE;
  const zero = f32x4.splat(0);
  const tops = f32x4.splat(top);
  const end = rangeEnd(rows, thread, threads);
  for (let row = rangeStart(rows, thread, threads); row < end; row++) {
    const from = gradient + <usize>row * gradientPitch;
    const result = y + <usize>row * yPitch;
    const to = out + <usize>row * outPitch;
    let at: usize = 0;
    for (; at + 16 <= bytes; at += 16) {
      const value = v128.load(result + at);
      const passes = v128.and(f32x4.gt(value, zero), f32x4.lt(value, tops));
      v128.store(to + at, v128.and(v128.load(from + at), passes));
    }
    for (; at < bytes; at += 4) {
      const value = load<f32>(result + at);
      store<f32>(to + at, value > 0 && value < top ? load<f32>(from + at) : 0);
    }
  }
}
