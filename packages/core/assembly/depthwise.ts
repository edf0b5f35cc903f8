/**
 * out[b·G² + i·G + j, c] = activation(Σᵤ Σᵥ x[b·H² + (i·s + u − p)·H + j·s + v − p, c] · W[u·k + v, c] + bias[c]),
 * with x zero outside of the image; p lines of zeros lie before it.
 *
 * x [B·H², C], W [k², C], bias [C], out [B·G², C], float32. The sum begins with the bias and runs over u, then
 * v, fused in the relaxed build; what lies outside of the image is passed over. The threads share the lines.
 *
 * Where all four of four neighbours lie within the line, they are computed together, four channels at a time:
 * each pixel and each weight is then loaded once for them. For kernels of 3 and 5 with strides of 1 and 2, which are
 * those in use, depthwise-strip.ts has these loops unrolled; at others, and at the borders, each place is
 * computed by itself.
 */
import { STRIP, strip } from './depthwise-strip';
import { rectify } from './relu';
import { madd } from './simd';
import { rangeEnd, rangeStart } from './split';

export function depthwise(
  x: usize,
  xPitch: usize,
  channels: i32,
  weight: usize,
  bias: usize,
  activation: i32,
  side: i32,
  kernel: i32,
  stride: i32,
  before: i32,
  outSide: i32,
  out: usize,
  outPitch: usize,
  lines: i32,
  thread: i32,
  threads: i32,
): void {
  convolve(x, xPitch, channels, weight, <usize>channels << 2, bias, activation, side, kernel, stride, before, outSide, out, outPitch, lines, thread, threads);
}

/**
 * @param weightPitch from one row of the weight to the next: below 0 from its last row back
 * @param bias 0 for none
 */
export function convolve(
  x: usize,
  xPitch: usize,
  channels: i32,
  weight: usize,
  weightPitch: usize,
  bias: usize,
  activation: i32,
  side: i32,
  kernel: i32,
  stride: i32,
  before: i32,
  outSide: i32,
  out: usize,
  outPitch: usize,
  lines: i32,
  thread: i32,
  threads: i32,
): void {
  const rowBytes = <usize>channels << 2;
  const linePitch = <usize>side * xPitch;
  // The first place whose window begins in the line, and the first whose window ends behind it.
  const first = min(outSide, (before + stride - 1) / stride);
  const behind = min(outSide, side + before < kernel ? 0 : (side + before - kernel) / stride + 1);
  const isUnrolled = (kernel == 3 || kernel == 5) && (stride == 1 || stride == 2);
  const end = rangeEnd(lines, thread, threads);
  for (let line = rangeStart(lines, thread, threads); line < end; line++) {
    const top = (line % outSide) * stride - before;
    const u = max(0, -top);
    const height = min(kernel, side - top) - u;
    const from = x + <usize>((line / outSide) * side + top + u) * linePitch;
    const w = weight + <usize>(u * kernel) * weightPitch;
    const to = out + <usize>(line * outSide) * outPitch;
    let column = 0;
    while (column < outSide) {
      let done: usize = 0;
      let next = column + 1;
      if (isUnrolled && column >= first && column + STRIP <= behind) {
        const strips = from + <usize>(column * stride - before) * xPitch;
        strip(kernel, stride, strips, linePitch, xPitch, height, w, weightPitch, rowBytes, bias, activation, to + <usize>column * outPitch, outPitch);
        done = rowBytes & ~15;
        next = column + STRIP;
      }
      for (; column < next && done < rowBytes; column++) {
        const left = column * stride - before;
        const v = max(0, -left);
        const width = min(kernel, side - left) - v;
        place(from + <usize>(left + v) * xPitch, linePitch, xPitch, height, width, w + <usize>v * weightPitch, <usize>kernel * weightPitch, weightPitch, rowBytes, bias, activation, to + <usize>column * outPitch, done);
      }
      column = next;
    }
  }
}

/**
 * One place, whose window has `height` × `width` pixels in the image; 16 channels at a time.
 *
 * @param at where its channels begin, in bytes
 */
export function place(
  from: usize,
  linePitch: usize,
  xPitch: usize,
  height: i32,
  width: i32,
  weight: usize,
  weightLine: usize,
  weightPitch: usize,
  rowBytes: usize,
  bias: usize,
  activation: i32,
  to: usize,
  at: usize,
): void {
  for (; at + 64 <= rowBytes; at += 64) {
    const zero = f32x4.splat(0);
    let sum0 = bias == 0 ? zero : v128.load(bias + at);
    let sum1 = bias == 0 ? zero : v128.load(bias + at, 16);
    let sum2 = bias == 0 ? zero : v128.load(bias + at, 32);
    let sum3 = bias == 0 ? zero : v128.load(bias + at, 48);
    for (let u = 0; u < height; u++) {
      let p = from + <usize>u * linePitch + at;
      let w = weight + <usize>u * weightLine + at;
      for (let v = 0; v < width; v++) {
        sum0 = madd(v128.load(p), v128.load(w), sum0);
        sum1 = madd(v128.load(p, 16), v128.load(w, 16), sum1);
        sum2 = madd(v128.load(p, 32), v128.load(w, 32), sum2);
        sum3 = madd(v128.load(p, 48), v128.load(w, 48), sum3);
        p += xPitch;
        w += weightPitch;
      }
    }
    if (activation != 0) {
      sum0 = rectify(sum0, activation);
      sum1 = rectify(sum1, activation);
      sum2 = rectify(sum2, activation);
      sum3 = rectify(sum3, activation);
    }
    v128.store(to + at, sum0);
    v128.store(to + at, sum1, 16);
    v128.store(to + at, sum2, 32);
    v128.store(to + at, sum3, 48);
  }
  for (; at < rowBytes; at += 4) {
    let sum = bias == 0 ? f32x4.splat(0) : v128.load32_splat(bias + at);
    for (let u = 0; u < height; u++) {
      let p = from + <usize>u * linePitch + at;
      let w = weight + <usize>u * weightLine + at;
      for (let v = 0; v < width; v++) {
        sum = madd(v128.load32_splat(p), v128.load32_splat(w), sum);
        p += xPitch;
        w += weightPitch;
      }
    }
    if (activation != 0) sum = rectify(sum, activation);
    store<f32>(to + at, f32x4.extract_lane(sum, 0));
  }
}
