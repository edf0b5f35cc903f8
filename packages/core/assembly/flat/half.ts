/** IEEE 754 binary16 to float32 and back, four at a time. */

/** 2¹¹², between the exponents' biases of 127 and 15. */
const BIAS: i32 = 0x77800000;

/** Exact. An infinity or a NaN becomes a number of at least 65,536, which no finite half reaches. */
// @ts-ignore: decorator
@inline
export function widened(halves: v128): v128 {
  const magnitude = i32x4.shl(v128.and(halves, i32x4.splat(0x7fff)), 13);
  const sign = i32x4.shl(v128.and(halves, i32x4.splat(0x8000)), 16);
  return v128.or(f32x4.mul(magnitude, i32x4.splat(BIAS)), sign);
}

/** Rounded to nearest, ties to even, for magnitudes below 65,520; the half is in the lower 16 bits of each lane. */
// @ts-ignore: decorator
@inline
export function narrowed(values: v128): v128 {
  const magnitude = f32x4.abs(values);
  const sign = i32x4.shr_u(v128.xor(values, magnitude), 16);
  const odd = v128.and(i32x4.shr_u(magnitude, 13), i32x4.splat(1));
  const rounded = i32x4.shr_u(i32x4.add(i32x4.add(magnitude, i32x4.splat(0xfff)), odd), 13);
  const normal = i32x4.sub(rounded, i32x4.splat(112 << 10));
  // The last bit of a number from ½ to 1 is that of a subnormal half, so the addition rounds.
  const half = f32x4.splat(0.5);
  const subnormal = i32x4.sub(f32x4.add(magnitude, half), half);
  const isNormal = f32x4.ge(magnitude, f32x4.splat(<f32>0.00006103515625));
  return v128.or(v128.bitselect(normal, subnormal, isNormal), sign);
}
