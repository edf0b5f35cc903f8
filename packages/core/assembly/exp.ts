/**
 * exp(x) for four lanes, relative error below 2e-7 for x in [−87, 88]; outside, as at the bound.
 *
 * x = n·ln 2 + r with |r| ≤ ln 2 / 2; exp(r) by its Taylor series to r⁷, whose first term left out
 * is below 6e-9; 2ⁿ by writing n into the exponent.
 */
import { madd } from './simd';

const LOG2_E: f32 = 1.4426950408889634;
/** ln 2 in two parts: n times the first is exact for all n in range. */
const LN_2_HIGH: f32 = 0.693359375;
const LN_2_LOW: f32 = -2.12194440054690583e-4;

// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const bounded = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-87)), f32x4.splat(88));
  const n = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(LOG2_E)));
  let r = madd(n, f32x4.splat(-LN_2_HIGH), bounded);
  r = madd(n, f32x4.splat(-LN_2_LOW), r);
  let p = f32x4.splat(1.0 / 5040.0);
  p = madd(p, r, f32x4.splat(1.0 / 720.0));
  p = madd(p, r, f32x4.splat(1.0 / 120.0));
  p = madd(p, r, f32x4.splat(1.0 / 24.0));
  p = madd(p, r, f32x4.splat(1.0 / 6.0));
  p = madd(p, r, f32x4.splat(0.5));
  p = madd(p, r, f32x4.splat(1));
  p = madd(p, r, f32x4.splat(1));
  const exponent = i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127));
  return f32x4.mul(p, i32x4.shl(exponent, 23));
}
