/**
 * q[r, k] = round(x[r, k] / s[r]) + z[r], in 0…127; s = (max − min) / 127, z = round(−min / s), with
 * the least and the largest of the row and 0.
 *
 * x [R, K] float32; q [R, K′] bytes, K′ the next multiple of 16, the rest 0; `rowScales` [R, 2]: s as
 * float32 and z as int32. Seven bits, so that the relaxed dot product is exact on every engine. The
 * threads share the rows.
 */
import { maxLanes, minLanes } from './simd';
import { rangeEnd, rangeStart } from './split';

export function quantize(
  x: usize,
  xPitch: usize,
  q: usize,
  qPitch: usize,
  rowScales: usize,
  rows: i32,
  columns: i32,
  thread: i32,
  threads: i32,
): void {
  const end = rangeEnd(rows, thread, threads);
  const bytes = <usize>columns << 2;
  const whole = bytes & ~15;
  for (let row = rangeStart(rows, thread, threads); row < end; row++) {
    const from = x + <usize>row * xPitch;
    const to = q + <usize>row * qPitch;

    let lows = f32x4.splat(0);
    let highs = f32x4.splat(0);
    let at: usize = 0;
    for (; at < whole; at += 16) {
      const values = v128.load(from + at);
      lows = f32x4.pmin(lows, values);
      highs = f32x4.pmax(highs, values);
    }
    let low = minLanes(lows);
    let high = maxLanes(highs);
    for (; at < bytes; at += 4) {
      low = min(low, load<f32>(from + at));
      high = max(high, load<f32>(from + at));
    }

    const range = high - low;
    const scale: f32 = range == 0 ? 1 : range / 127;
    const inverse: f32 = 1 / scale;
    const zero = <i32>nearest<f32>(-low * inverse);
    store<f32>(rowScales + (<usize>row << 3), scale);
    store<i32>(rowScales + (<usize>row << 3), zero, 4);

    const inverses = f32x4.splat(inverse);
    const zeros = i32x4.splat(zero);
    for (at = 0; at < whole; at += 16) {
      const rounded = f32x4.nearest(f32x4.mul(v128.load(from + at), inverses));
      const level = bounded(i32x4.add(i32x4.trunc_sat_f32x4_s(rounded), zeros));
      const words = i16x8.narrow_i32x4_s(level, level);
      v128.store32_lane(to + (at >> 2), i8x16.narrow_i16x8_u(words, words), 0);
    }
    for (; at < bytes; at += 4) {
      const rounded = nearest<f32>(load<f32>(from + at) * inverse);
      store<u8>(to + (at >> 2), <u8>max(0, min(127, <i32>rounded + zero)));
    }
    memory.fill(to + <usize>columns, 0, qPitch - <usize>columns);
  }
}

// @ts-ignore: decorator
@inline
function bounded(level: v128): v128 {
  return i32x4.max_s(i32x4.min_s(level, i32x4.splat(127)), i32x4.splat(0));
}
