/**
 * Pillow's resizing, row by row, in fixed point: `resizeRow` is the horizontal pass of one row; `addRow` and
 * `endRow` are the vertical pass, which adds rows to sums, and makes 8 bits of them.
 */

const PRECISION: i32 = 22;
const HALF: i32 = 1 << (PRECISION - 1);
const LOW_BITS: i32 = 11;

/**
 * One row of the horizontal pass: out[x] = clamp((Σₜ row[start[x] + t] · weight[x, t] + ½) >> 22)
 * for red, green and blue.
 *
 * row: 4 bytes a pixel, the fourth ignored, with room for three more pixels behind it; `starts` [n]
 * i32; out [n] of 3 bytes, with room for one more. A weight w has 22 bits behind the point and is two
 * numbers of 16 bits, w = high · 2¹¹ + low. `weights` [n, taps] has, for each two taps, both high parts and
 * then both low ones; taps is a multiple of 4, zero behind the last. Four pixels at a time: the products
 * of two taps are added by one instruction. Integer sums that wrap, so exact in any order.
 */
export function resizeRow(
  row: usize,
  starts: usize,
  weights: usize,
  taps: i32,
  n: i32,
  out: usize,
): void {
  // Two pixels as r r g g b b a a, in 16 bits each; 16 stands for zero.
  const firstTwo = i8x16(0, 16, 4, 16, 1, 16, 5, 16, 2, 16, 6, 16, 3, 16, 7, 16);
  const lastTwo = i8x16(8, 16, 12, 16, 9, 16, 13, 16, 10, 16, 14, 16, 11, 16, 15, 16);
  let weight = weights;
  for (let x = 0; x < n; x++) {
    let from = row + (<usize>load<i32>(starts + (<usize>x << 2)) << 2);
    let high = i32x4.splat(0);
    let low = i32x4.splat(HALF);
    let otherHigh = high;
    let otherLow = high;
    for (const end = weight + (<usize>taps << 2); weight < end; weight += 16) {
      const pixels = v128.load(from);
      const first = i8x16.swizzle(pixels, firstTwo);
      const last = i8x16.swizzle(pixels, lastTwo);
      high = i32x4.add(high, i32x4.dot_i16x8_s(first, v128.load32_splat(weight)));
      low = i32x4.add(low, i32x4.dot_i16x8_s(first, v128.load32_splat(weight, 4)));
      otherHigh = i32x4.add(otherHigh, i32x4.dot_i16x8_s(last, v128.load32_splat(weight, 8)));
      otherLow = i32x4.add(otherLow, i32x4.dot_i16x8_s(last, v128.load32_splat(weight, 12)));
      from += 16;
    }
    const highs = i32x4.shl(i32x4.add(high, otherHigh), LOW_BITS);
    const sum = i32x4.shr_s(i32x4.add(highs, i32x4.add(low, otherLow)), PRECISION);
    const words = i16x8.narrow_i32x4_s(sum, sum);
    // The fourth byte is the next pixel's first, which is written after.
    v128.store32_lane(out + <usize>(x * 3), i8x16.narrow_i16x8_u(words, words), 0);
  }
}

/** sums[i] += row[i] · weight; n bytes of row and n sums (i32), with room up to a multiple of 16. */
export function addRow(sums: usize, row: usize, weight: i32, n: i32): void {
  const weights = i32x4.splat(weight);
  for (const end = row + <usize>n; row < end; row += 16) {
    const values = v128.load(row);
    const low = i16x8.extend_low_i8x16_u(values);
    const high = i16x8.extend_high_i8x16_u(values);
    add(sums, i32x4.extend_low_i16x8_u(low), weights);
    add(sums + 16, i32x4.extend_high_i16x8_u(low), weights);
    add(sums + 32, i32x4.extend_low_i16x8_u(high), weights);
    add(sums + 48, i32x4.extend_high_i16x8_u(high), weights);
    sums += 64;
  }
}

// @ts-ignore: decorator
@inline
function add(sums: usize, values: v128, weights: v128): void {
  v128.store(sums, i32x4.add(v128.load(sums), i32x4.mul(values, weights)));
}

/** out[i] = clamp((sums[i] + ½) >> 22), and the sums are 0 again; n and the room as in `addRow`. */
export function endRow(sums: usize, out: usize, n: i32): void {
  for (const end = out + <usize>n; out < end; out += 8) {
    const first = rounded(sums);
    const second = rounded(sums + 16);
    const words = i16x8.narrow_i32x4_s(first, second);
    v128.store64_lane(out, i8x16.narrow_i16x8_u(words, words), 0);
    v128.store(sums, i32x4.splat(0));
    v128.store(sums, i32x4.splat(0), 16);
    sums += 32;
  }
}

// @ts-ignore: decorator
@inline
function rounded(sums: usize): v128 {
  return i32x4.shr_s(i32x4.add(v128.load(sums), i32x4.splat(HALF)), PRECISION);
}
