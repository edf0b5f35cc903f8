/** out = max(x, 0) (relu), or min(max(x, 0), 6) (relu6). x, out [R, C], float32. Exact. The threads share the rows. */
import { rangeEnd, rangeStart } from './split';

export const RELU: i32 = 4;
export const RELU6: i32 = 5;

// @ts-ignore: decorator
@inline
export function rectify(x: v128, activation: i32): v128 {
  const positive = f32x4.pmax(f32x4.splat(0), x);
  return activation == RELU6 ? f32x4.pmin(f32x4.splat(6), positive) : positive;
}

export function relu(
  x: usize,
  xPitch: usize,
  out: usize,
  outPitch: usize,
  rows: i32,
  columns: i32,
  activation: i32,
  thread: i32,
  threads: i32,
): void {
  const bytes = <usize>columns << 2;
  const whole = bytes & ~15;
  const end = rangeEnd(rows, thread, threads);
  for (let row = rangeStart(rows, thread, threads); row < end; row++) {
    const from = x + <usize>row * xPitch;
    const to = out + <usize>row * outPitch;
    let at: usize = 0;
    for (; at < whole; at += 16) v128.store(to + at, rectify(v128.load(from + at), activation));
    for (; at < bytes; at += 4) {
      const value = rectify(f32x4.splat(load<f32>(from + at)), activation);
      store<f32>(to + at, f32x4.extract_lane(value, 0));
    }
  }
}
