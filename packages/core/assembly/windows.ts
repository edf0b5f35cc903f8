/**
 * out[b·G² + i·G + j, (u·k + v)·C + c] = x[b·H² + (i·s + u − p)·H + j·s + v − p, c], zero outside of the
 * image; p lines of zeros lie before it.
 *
 * x [B·H², C], out [B·G², k²·C], float32. Exact. The threads share the windows.
 */
import { rangeEnd, rangeStart } from './split';

export function windows(
  x: usize,
  xPitch: usize,
  channels: i32,
  side: i32,
  kernel: i32,
  stride: i32,
  before: i32,
  outSide: i32,
  out: usize,
  outPitch: usize,
  rows: i32,
  thread: i32,
  threads: i32,
): void {
  const bytes = <usize>channels << 2;
  const end = rangeEnd(rows, thread, threads);
  for (let row = rangeStart(rows, thread, threads); row < end; row++) {
    const image = row / (outSide * outSide);
    const top = ((row / outSide) % outSide) * stride - before;
    const left = (row % outSide) * stride - before;
    let to = out + <usize>row * outPitch;
    for (let line = top; line < top + kernel; line++) {
      const isLine = line >= 0 && line < side;
      for (let column = left; column < left + kernel; column++) {
        if (isLine && column >= 0 && column < side) {
          copyPixel(to, x + <usize>((image * side + line) * side + column) * xPitch, bytes);
        } else {
          memory.fill(to, 0, bytes);
        }
        to += bytes;
      }
    }
  }
}

/** Few channels are soonest copied one by one: a call of memory.copy takes longer than an RGB pixel. */
// @ts-ignore: decorator
@inline
function copyPixel(to: usize, from: usize, bytes: usize): void {
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) v128.store(to + at, v128.load(from + at));
  for (; at < bytes; at += 4) store<f32>(to + at, load<f32>(from + at));
}
