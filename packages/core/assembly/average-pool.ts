/**
 * out[b·G² + i·G + j, c] = Σᵤ Σᵥ x[b·H² + (i·k + u)·H + j·k + v, c] / k², with G = ⌊H/k⌋.
 *
 * x [B·H², C], out [B·G², C], float32. Summed in float32, in order. The threads share the results.
 */
import { rangeEnd, rangeStart } from './split';

export function averagePool(
  x: usize,
  xPitch: usize,
  side: i32,
  kernel: i32,
  out: usize,
  outPitch: usize,
  rows: i32,
  columns: i32,
  thread: i32,
  threads: i32,
): void {
  const outSide = side / kernel;
  const bytes = <usize>columns << 2;
  const share: f32 = 1.0 / <f32>(kernel * kernel);
  const end = rangeEnd(rows, thread, threads);
  for (let row = rangeStart(rows, thread, threads); row < end; row++) {
    const image = row / (outSide * outSide);
    const top = ((row / outSide) % outSide) * kernel;
    const left = (row % outSide) * kernel;
    const from = x + <usize>((image * side + top) * side + left) * xPitch;
    const to = out + <usize>row * outPitch;
    let at: usize = 0;
    for (; at + 16 <= bytes; at += 16) {
      let sums = f32x4.splat(0);
      for (let u = 0; u < kernel; u++) {
        let p = from + <usize>(u * side) * xPitch + at;
        for (let v = 0; v < kernel; v++, p += xPitch) sums = f32x4.add(sums, v128.load(p));
      }
      v128.store(to + at, f32x4.mul(sums, f32x4.splat(share)));
    }
    for (; at < bytes; at += 4) {
      let sum: f32 = 0;
      for (let u = 0; u < kernel; u++) {
        let p = from + <usize>(u * side) * xPitch + at;
        for (let v = 0; v < kernel; v++, p += xPitch) sum += load<f32>(p);
      }
      store<f32>(to + at, sum * share);
    }
  }
}
