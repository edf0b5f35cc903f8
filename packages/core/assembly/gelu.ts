/**
 * out = x · σ(1.702 x) (quick_gelu), x · Φ(x) (gelu), or x · (1 + tanh z) / 2 = x · σ(2 z) (gelu_tanh) with
 * z = √(2/π) (x + 0.044715 x³).
 *
 * x, out [R, C], float32. quick_gelu and gelu_tanh: relative error below 1e-6. gelu: Φ(x) = (1 + erf(x / √2)) / 2
 * with erf as a rational function, absolute error of Φ below 1e-6.
 */
import { exp4 } from './exp';
import { madd } from './simd';
import { rangeEnd, rangeStart } from './split';

export const QUICK_GELU: i32 = 1;
export const GELU: i32 = 2;

// @ts-ignore: decorator
@inline
export function activate(x: v128, activation: i32): v128 {
  if (activation == QUICK_GELU) return quickGelu(x);
  return activation == GELU ? exactGelu(x) : tanhGelu(x);
}

// @ts-ignore: decorator
@inline
function quickGelu(x: v128): v128 {
  return gated(x, f32x4.mul(x, f32x4.splat(-1.702)));
}

// @ts-ignore: decorator
@inline
function tanhGelu(x: v128): v128 {
  // −2 √(2/π), and that times 0.044715.
  const cubic = f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.0713548162726009));
  return gated(x, f32x4.mul(x, f32x4.add(cubic, f32x4.splat(-1.5957691216057308))));
}

/** x / (1 + exp(e)) */
// @ts-ignore: decorator
@inline
function gated(x: v128, e: v128): v128 {
  return f32x4.div(x, f32x4.add(f32x4.splat(1), exp4(e)));
}

// @ts-ignore: decorator
@inline
function exactGelu(x: v128): v128 {
  const half = f32x4.mul(x, f32x4.splat(0.5));
  return madd(half, erf4(f32x4.mul(x, f32x4.splat(0.7071067811865476))), half);
}

/** x·P(x²) / Q(x²) on [−4, 4], beyond which erf is ±1 in float32. */
// @ts-ignore: decorator
@inline
export function erf4(x: v128): v128 {
  const a = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-4)), f32x4.splat(4));
  const s = f32x4.mul(a, a);
  let p = f32x4.splat(-2.72614225801306e-10);
  p = madd(p, s, f32x4.splat(2.77068142495902e-8));
  p = madd(p, s, f32x4.splat(-2.10102402082508e-6));
  p = madd(p, s, f32x4.splat(-5.69250639462346e-5));
  p = madd(p, s, f32x4.splat(-7.34990630326855e-4));
  p = madd(p, s, f32x4.splat(-2.954599808540254e-3));
  p = madd(p, s, f32x4.splat(-1.60960333262415e-2));
  let q = f32x4.splat(-1.45660718464996e-5);
  q = madd(q, s, f32x4.splat(-2.13374055278905e-4));
  q = madd(q, s, f32x4.splat(-1.68282697438203e-3));
  q = madd(q, s, f32x4.splat(-7.37332916720468e-3));
  q = madd(q, s, f32x4.splat(-1.42647390514189e-2));
  return f32x4.div(f32x4.mul(a, p), q);
}

export function gelu(
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
  const end = rangeEnd(rows, thread, threads);
  for (let row = rangeStart(rows, thread, threads); row < end; row++) {
    const from = x + <usize>row * xPitch;
    const to = out + <usize>row * outPitch;
    let c = 0;
    for (; c + 4 <= columns; c += 4) {
      const at = <usize>c << 2;
      v128.store(to + at, activate(v128.load(from + at), activation));
    }
    for (; c < columns; c++) {
      const at = <usize>c << 2;
      const value = activate(f32x4.splat(load<f32>(from + at)), activation);
      store<f32>(to + at, f32x4.extract_lane(value, 0));
    }
  }
}
