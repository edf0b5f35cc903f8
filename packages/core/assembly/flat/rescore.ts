/**
 * out[r] = Σₖ q[k]·x[r, k], summed in float64
 *
 * q [K] float32, x [R, K] float32 or float16, out [R] float64; K is a multiple of 8.
 */
import { widened } from './half';

export function rescore(q: usize, x: usize, isHalf: bool, rows: i32, columns: i32, out: usize): void {
  const end = q + (<usize>columns << 2);
  for (let row = 0; row < rows; row++) {
    let sums0 = f64x2.splat(0);
    let sums1 = sums0;
    for (let at = q; at < end; at += 32) {
      let low: v128;
      let high: v128;
      if (isHalf) {
        const halves = v128.load(x);
        low = widened(i32x4.extend_low_i16x8_u(halves));
        high = widened(i32x4.extend_high_i16x8_u(halves));
        x += 16;
      } else {
        low = v128.load(x);
        high = v128.load(x, 16);
        x += 32;
      }
      const first = v128.load(at);
      const second = v128.load(at, 16);
      sums0 = f64x2.add(sums0, f64x2.mul(lower(first), lower(low)));
      sums1 = f64x2.add(sums1, f64x2.mul(upper(first), upper(low)));
      sums0 = f64x2.add(sums0, f64x2.mul(lower(second), lower(high)));
      sums1 = f64x2.add(sums1, f64x2.mul(upper(second), upper(high)));
    }
    const sums = f64x2.add(sums0, sums1);
    store<f64>(out, f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1));
    out += 8;
  }
}

// @ts-ignore: decorator
@inline
function lower(values: v128): v128 {
  return f64x2.promote_low_f32x4(values);
}

// @ts-ignore: decorator
@inline
function upper(values: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i32>(values, values, 2, 3, 2, 3));
}
