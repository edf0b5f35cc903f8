/**
 * out = gradient · f′(x), where f′(x) is
 *
 *     σ(1.702 x) (1 + 1.702 x σ(−1.702 x))          quick_gelu
 *     Φ(x) + x φ(x)                                 gelu
 *     σ(2z) (1 + 2 x z′ σ(−2z))                     gelu_tanh, with z = √(2/π) (x + 0.044715 x³)
 *
 * gradient, x, out [R, C], float32. exp as exp.ts states it, Φ as gelu.ts does. The threads share the rows.
 */
import { exp4 } from '../exp';
import { erf4, GELU, QUICK_GELU } from '../gelu';
import { madd } from '../simd';
import { rangeEnd, rangeStart } from '../split';

// @ts-ignore: decorator
@inline
function slope(x: v128, activation: i32): v128 {
  if (activation == QUICK_GELU) {
    const z = f32x4.mul(x, f32x4.splat(1.702));
    return gatedSlope(z, z);
  }
  return activation == GELU ? exactSlope(x) : tanhSlope(x);
}

/** σ(z) (1 + y σ(−z)) */
// @ts-ignore: decorator
@inline
function gatedSlope(z: v128, y: v128): v128 {
  const one = f32x4.splat(1);
  const e = exp4(f32x4.neg(z));
  const gate = f32x4.div(one, f32x4.add(one, e));
  return madd(f32x4.mul(f32x4.mul(y, e), gate), gate, gate);
}

// @ts-ignore: decorator
@inline
function tanhSlope(x: v128): v128 {
  // 2 √(2/π), that times 0.044715, and that times 3.
  const square = f32x4.mul(x, x);
  const z = f32x4.mul(x, madd(square, f32x4.splat(0.0713548162726009), f32x4.splat(1.5957691216057308)));
  const y = f32x4.mul(x, madd(square, f32x4.splat(0.2140644488178027), f32x4.splat(1.5957691216057308)));
  return gatedSlope(z, y);
}

// @ts-ignore: decorator
@inline
function exactSlope(x: v128): v128 {
  const half = f32x4.splat(0.5);
  const cdf = madd(half, erf4(f32x4.mul(x, f32x4.splat(0.7071067811865476))), half);
  const density = f32x4.mul(
    exp4(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5))),
    f32x4.splat(0.3989422804014327),
  );
  return madd(x, density, cdf);
}

export function geluGradient(
  gradient: usize,
  gradientPitch: usize,
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
  const end = rangeEnd(rows, thread, threads);
  for (let row = rangeStart(rows, thread, threads); row < end; row++) {
    const from = gradient + <usize>row * gradientPitch;
    const point = x + <usize>row * xPitch;
    const to = out + <usize>row * outPitch;
    let at: usize = 0;
    for (; at + 16 <= bytes; at += 16) {
      const slopes = slope(v128.load(point + at), activation);
      v128.store(to + at, f32x4.mul(v128.load(from + at), slopes));
    }
    for (; at < bytes; at += 4) {
      const slopes = slope(v128.load32_splat(point + at), activation);
      store<f32>(to + at, load<f32>(from + at) * f32x4.extract_lane(slopes, 0));
    }
  }
}
