/**
 * out[b·G² + i·G + j, (u·k + v)·C + c] = x[b·H² + (i·s + u − p)·H + j·s + v − p, c], zero outside of the
 * image; p lines of zeros lie before it.
 *
 * x [B·H², C], out [B·G², k²·C], float32. Exact. The threads share the windows.
 */
import { copy } from './copy';
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
          copy(to, x + <usize>((image * side + line) * side + column) * xPitch, bytes);
        } else {
          memory.fill(to, 0, bytes);
        }
        to += bytes;
      }
    }
  }
}
