/**
 * out = (x − μ) / sqrt(σ² + ε) · weight + bias, with μ and σ² (biased) over each row.
 *
 * x, out [R, C], weight and bias [C], float32. A first pass gives the mean to float32; a second gives
 * what that mean is off by, and the variance, from the differences to it; so a mean far above σ costs
 * no digits. Four partial sums. The threads share the rows.
 */
import { madd, sumLanes } from './simd';
import { rangeEnd, rangeStart } from './split';

export function layerNorm(
  x: usize,
  xPitch: usize,
  weight: usize,
  bias: usize,
  epsilon: f32,
  out: usize,
  outPitch: usize,
  rows: i32,
  columns: i32,
  thread: i32,
  threads: i32,
): void {
  const end = rangeEnd(rows, thread, threads);
  const bytes = <usize>columns << 2;
  const whole = bytes & ~15;
  const count = <f32>columns;
  for (let row = rangeStart(rows, thread, threads); row < end; row++) {
    const from = x + <usize>row * xPitch;
    const to = out + <usize>row * outPitch;
    const mean = sum(from, whole, bytes) / count;
    const means = f32x4.splat(mean);

    let differences = f32x4.splat(0);
    let squares = f32x4.splat(0);
    let at: usize = 0;
    for (; at < whole; at += 16) {
      const difference = f32x4.sub(v128.load(from + at), means);
      differences = f32x4.add(differences, difference);
      squares = madd(difference, difference, squares);
    }
    let off = sumLanes(differences);
    let variance = sumLanes(squares);
    for (; at < bytes; at += 4) {
      const difference = load<f32>(from + at) - mean;
      off += difference;
      variance += difference * difference;
    }
    off /= count;
    variance = variance / count - off * off;
    const scale: f32 = 1 / sqrt<f32>(variance + epsilon);

    const offs = f32x4.splat(off);
    const scales = f32x4.splat(scale);
    for (at = 0; at < whole; at += 16) {
      const difference = f32x4.sub(f32x4.sub(v128.load(from + at), means), offs);
      const normal = f32x4.mul(difference, scales);
      v128.store(to + at, madd(normal, v128.load(weight + at), v128.load(bias + at)));
    }
    for (; at < bytes; at += 4) {
      const normal = (load<f32>(from + at) - mean - off) * scale;
      store<f32>(to + at, normal * load<f32>(weight + at) + load<f32>(bias + at));
    }
  }
}

// @ts-ignore: decorator
@inline
export function sum(from: usize, whole: usize, bytes: usize): f32 {
  let sums = f32x4.splat(0);
  let at: usize = 0;
  for (; at < whole; at += 16) sums = f32x4.add(sums, v128.load(from + at));
  let total = sumLanes(sums);
  for (; at < bytes; at += 4) total += load<f32>(from + at);
  return total;
}
