/** Four floats as two vectors of doubles, and back: arithmetic in float64 that is rounded once, as JavaScript's is. */

// @ts-ignore: decorator
@inline
export function wideLow(address: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(address));
}

// @ts-ignore: decorator
@inline
export function wideHigh(address: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(address, 8));
}

// @ts-ignore: decorator
@inline
export function storeRounded(address: usize, low: v128, high: v128): void {
  const halves = v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
  v128.store(address, halves);
}
