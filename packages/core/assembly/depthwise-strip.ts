/** Four neighbouring results of a depthwise convolution whose windows lie within the lines. See depthwise.ts. */
import { rectify } from './relu';
import { madd } from './simd';

/** Results side by side. */
export const STRIP: i32 = 4;

/** The channels that fill vectors of four. @param height lines of the window that lie in the image */
export function strip(
  kernel: i32,
  stride: i32,
  from: usize,
  linePitch: usize,
  xPitch: usize,
  height: i32,
  weight: usize,
  weightPitch: usize,
  rowBytes: usize,
  bias: usize,
  activation: i32,
  to: usize,
  outPitch: usize,
): void {
  const whole = rowBytes & ~15;
  if (kernel == 3) {
    if (stride == 1) channels(3, 1, from, linePitch, xPitch, height, weight, weightPitch, bias, activation, to, outPitch, whole);
    else channels(3, 2, from, linePitch, xPitch, height, weight, weightPitch, bias, activation, to, outPitch, whole);
  } else if (stride == 1) {
    channels(5, 1, from, linePitch, xPitch, height, weight, weightPitch, bias, activation, to, outPitch, whole);
  } else {
    channels(5, 2, from, linePitch, xPitch, height, weight, weightPitch, bias, activation, to, outPitch, whole);
  }
}

/**
 * `kernel` and `stride` are constants where this is inlined, and what they exclude vanishes. Four sums, five
 * weights and a pixel fit into registers. A local cannot be indexed, hence a line for each pixel and sum.
 */
// @ts-ignore: decorator
@inline
function channels(
  kernel: i32,
  stride: i32,
  from: usize,
  linePitch: usize,
  xPitch: usize,
  height: i32,
  weight: usize,
  weightPitch: usize,
  bias: usize,
  activation: i32,
  to: usize,
  outPitch: usize,
  whole: usize,
): void {
  for (let at: usize = 0; at < whole; at += 16) {
    let sum0 = bias == 0 ? f32x4.splat(0) : v128.load(bias + at);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    let line = from + at;
    let w = weight + at;
    for (let u = 0; u < height; u++) {
      const w0 = v128.load(w);
      const w1 = v128.load(w + weightPitch);
      const w2 = v128.load(w + 2 * weightPitch);
      const w3 = kernel == 5 ? v128.load(w + 3 * weightPitch) : w2;
      const w4 = kernel == 5 ? v128.load(w + 4 * weightPitch) : w2;
      w += <usize>kernel * weightPitch;
      let p = line;
      const v0 = v128.load(p);
      sum0 = tap(kernel, 0, v0, w0, w1, w2, w3, w4, sum0);
      sum1 = tap(kernel, 0 - stride, v0, w0, w1, w2, w3, w4, sum1);
      sum2 = tap(kernel, 0 - 2 * stride, v0, w0, w1, w2, w3, w4, sum2);
      sum3 = tap(kernel, 0 - 3 * stride, v0, w0, w1, w2, w3, w4, sum3);
      p += xPitch;
      const v1 = v128.load(p);
      sum0 = tap(kernel, 1, v1, w0, w1, w2, w3, w4, sum0);
      sum1 = tap(kernel, 1 - stride, v1, w0, w1, w2, w3, w4, sum1);
      sum2 = tap(kernel, 1 - 2 * stride, v1, w0, w1, w2, w3, w4, sum2);
      sum3 = tap(kernel, 1 - 3 * stride, v1, w0, w1, w2, w3, w4, sum3);
      p += xPitch;
      const v2 = v128.load(p);
      sum0 = tap(kernel, 2, v2, w0, w1, w2, w3, w4, sum0);
      sum1 = tap(kernel, 2 - stride, v2, w0, w1, w2, w3, w4, sum1);
      sum2 = tap(kernel, 2 - 2 * stride, v2, w0, w1, w2, w3, w4, sum2);
      sum3 = tap(kernel, 2 - 3 * stride, v2, w0, w1, w2, w3, w4, sum3);
      p += xPitch;
      const v3 = v128.load(p);
      sum0 = tap(kernel, 3, v3, w0, w1, w2, w3, w4, sum0);
      sum1 = tap(kernel, 3 - stride, v3, w0, w1, w2, w3, w4, sum1);
      sum2 = tap(kernel, 3 - 2 * stride, v3, w0, w1, w2, w3, w4, sum2);
      sum3 = tap(kernel, 3 - 3 * stride, v3, w0, w1, w2, w3, w4, sum3);
      p += xPitch;
      const v4 = v128.load(p);
      sum0 = tap(kernel, 4, v4, w0, w1, w2, w3, w4, sum0);
      sum1 = tap(kernel, 4 - stride, v4, w0, w1, w2, w3, w4, sum1);
      sum2 = tap(kernel, 4 - 2 * stride, v4, w0, w1, w2, w3, w4, sum2);
      sum3 = tap(kernel, 4 - 3 * stride, v4, w0, w1, w2, w3, w4, sum3);
      p += xPitch;
      const v5 = v128.load(p);
      sum0 = tap(kernel, 5, v5, w0, w1, w2, w3, w4, sum0);
      sum1 = tap(kernel, 5 - stride, v5, w0, w1, w2, w3, w4, sum1);
      sum2 = tap(kernel, 5 - 2 * stride, v5, w0, w1, w2, w3, w4, sum2);
      sum3 = tap(kernel, 5 - 3 * stride, v5, w0, w1, w2, w3, w4, sum3);
      p += xPitch;
      if (3 * stride + kernel > 6) {
        const v6 = v128.load(p);
        sum0 = tap(kernel, 6, v6, w0, w1, w2, w3, w4, sum0);
        sum1 = tap(kernel, 6 - stride, v6, w0, w1, w2, w3, w4, sum1);
        sum2 = tap(kernel, 6 - 2 * stride, v6, w0, w1, w2, w3, w4, sum2);
        sum3 = tap(kernel, 6 - 3 * stride, v6, w0, w1, w2, w3, w4, sum3);
        p += xPitch;
      }
      if (3 * stride + kernel > 7) {
        const v7 = v128.load(p);
        sum0 = tap(kernel, 7, v7, w0, w1, w2, w3, w4, sum0);
        sum1 = tap(kernel, 7 - stride, v7, w0, w1, w2, w3, w4, sum1);
        sum2 = tap(kernel, 7 - 2 * stride, v7, w0, w1, w2, w3, w4, sum2);
        sum3 = tap(kernel, 7 - 3 * stride, v7, w0, w1, w2, w3, w4, sum3);
        p += xPitch;
      }
      if (3 * stride + kernel > 8) {
        const v8 = v128.load(p);
        sum0 = tap(kernel, 8, v8, w0, w1, w2, w3, w4, sum0);
        sum1 = tap(kernel, 8 - stride, v8, w0, w1, w2, w3, w4, sum1);
        sum2 = tap(kernel, 8 - 2 * stride, v8, w0, w1, w2, w3, w4, sum2);
        sum3 = tap(kernel, 8 - 3 * stride, v8, w0, w1, w2, w3, w4, sum3);
        p += xPitch;
      }
      if (3 * stride + kernel > 9) {
        const v9 = v128.load(p);
        sum0 = tap(kernel, 9, v9, w0, w1, w2, w3, w4, sum0);
        sum1 = tap(kernel, 9 - stride, v9, w0, w1, w2, w3, w4, sum1);
        sum2 = tap(kernel, 9 - 2 * stride, v9, w0, w1, w2, w3, w4, sum2);
        sum3 = tap(kernel, 9 - 3 * stride, v9, w0, w1, w2, w3, w4, sum3);
        p += xPitch;
      }
      if (3 * stride + kernel > 10) {
        const v10 = v128.load(p);
        sum0 = tap(kernel, 10, v10, w0, w1, w2, w3, w4, sum0);
        sum1 = tap(kernel, 10 - stride, v10, w0, w1, w2, w3, w4, sum1);
        sum2 = tap(kernel, 10 - 2 * stride, v10, w0, w1, w2, w3, w4, sum2);
        sum3 = tap(kernel, 10 - 3 * stride, v10, w0, w1, w2, w3, w4, sum3);
        p += xPitch;
      }
      line += linePitch;
    }
    put(to + at, sum0, activation);
    put(to + at + outPitch, sum1, activation);
    put(to + at + 2 * outPitch, sum2, activation);
    put(to + at + 3 * outPitch, sum3, activation);
  }
}

/** sum + value · w[v], where the window has such a column. */
// @ts-ignore: decorator
@inline
function tap(kernel: i32, v: i32, value: v128, w0: v128, w1: v128, w2: v128, w3: v128, w4: v128, sum: v128): v128 {
  if (v < 0 || v >= kernel) return sum;
  if (v == 0) return madd(value, w0, sum);
  if (v == 1) return madd(value, w1, sum);
  if (v == 2) return madd(value, w2, sum);
  return madd(value, v == 3 ? w3 : w4, sum);
}

// @ts-ignore: decorator
@inline
function put(to: usize, sum: v128, activation: i32): void {
  v128.store(to, activation == 0 ? sum : rectify(sum, activation));
}
