/**
 * One row of Pillow's horizontal pass: out[x] = clamp((Σₜ row[start[x] + t] · weight[x, t] + ½) >> 22)
 * for red, green and blue.
 *
 * row: 4 bytes a pixel, the fourth ignored, with room for one more pixel behind it; `starts` and
 * `counts` [n] i32, `weights` [n, taps] i32 with 22 bits behind the point, an even number of taps, zero
 * behind the count; out [n] of 3 bytes, with room for one more. Integer sums, so exact in any order. Two
 * pixels at a time, in two sums.
 */

const PRECISION: i32 = 22;
const HALF: i32 = 1 << (PRECISION - 1);

export function resizeRow(
  row: usize,
  starts: usize,
  counts: usize,
  weights: usize,
  taps: i32,
  n: i32,
  out: usize,
): void {
  for (let x = 0; x < n; x++) {
    let from = row + (<usize>load<i32>(starts + (<usize>x << 2)) << 2);
    let weight = weights + (<usize>(x * taps) << 2);
    let even = i32x4.splat(HALF);
    let odd = i32x4.splat(0);
    for (let left = load<i32>(counts + (<usize>x << 2)); left > 0; left -= 2) {
      const pixels = v128.load_ext<u8>(from);
      even = i32x4.add(even, i32x4.mul(i32x4.extend_low_i16x8_u(pixels), v128.load32_splat(weight)));
      odd = i32x4.add(odd, i32x4.mul(i32x4.extend_high_i16x8_u(pixels), v128.load32_splat(weight, 4)));
      from += 8;
      weight += 8;
    }
    const sum = i32x4.shr_s(i32x4.add(even, odd), PRECISION);
    const words = i16x8.narrow_i32x4_s(sum, sum);
    // The fourth byte is the next pixel's first, which is written after.
    v128.store32_lane(out + <usize>(x * 3), i8x16.narrow_i16x8_u(words, words), 0);
  }
}
