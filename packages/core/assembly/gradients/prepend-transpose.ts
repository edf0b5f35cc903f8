/**
 * Each sequence of L rows and one in front of them becomes those rows, each with `share` of the one in front added:
 * 0 for prepend, 1 / L for prependMean.
 *
 * x [B·(L + 1), C], out [B·L, C], float32. The threads share the rows.
 */
import { madd } from '../simd';
import { rangeEnd, rangeStart } from '../split';

export function prependTranspose(
  x: usize,
  xPitch: usize,
  length: i32,
  share: f32,
  out: usize,
  outPitch: usize,
  rows: i32,
  columns: i32,
  thread: i32,
  threads: i32,
): void {
  const bytes = <usize>columns << 2;
  const end = rangeEnd(rows, thread, threads);
  for (let row = rangeStart(rows, thread, threads); row < end; row++) {
    const first = x + <usize>((row / length) * (length + 1)) * xPitch;
    const from = first + <usize>((row % length) + 1) * xPitch;
    const to = out + <usize>row * outPitch;
    let at: usize = 0;
    for (; at + 16 <= bytes; at += 16) {
      v128.store(to + at, madd(v128.load(first + at), f32x4.splat(share), v128.load(from + at)));
    }
    for (; at < bytes; at += 4) {
      store<f32>(to + at, load<f32>(from + at) + share * load<f32>(first + at));
    }
  }
}
