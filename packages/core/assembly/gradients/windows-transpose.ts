/**
 * out[b·H² + (i·s + u − p)·H + j·s + v − p, c] = Σ x[b·G² + i·G + j, (u·k + v)·C + c] over the windows i, j and their
 * u, v that reach that pixel; p lines of zeros lie before the image.
 *
 * x [B·G², k²·C], out [B·H², C], float32. Summed in float32, over the windows in order. The threads share the pixels.
 */
import { rangeEnd, rangeStart } from '../split';

export function windowsTranspose(
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
  pixels: i32,
  thread: i32,
  threads: i32,
): void {
  const bytes = <usize>channels << 2;
  const end = rangeEnd(pixels, thread, threads);
  for (let pixel = rangeStart(pixels, thread, threads); pixel < end; pixel++) {
    const y = ((pixel / side) % side) + before;
    const z = (pixel % side) + before;
    const firstLine = firstReaching(y, kernel, stride);
    const endLine = min(outSide, y / stride + 1);
    const firstColumn = firstReaching(z, kernel, stride);
    const endColumn = min(outSide, z / stride + 1);
    const image = (pixel / (side * side)) * outSide;
    const to = out + <usize>pixel * outPitch;
    memory.fill(to, 0, bytes);
    for (let line = firstLine; line < endLine; line++) {
      for (let column = firstColumn; column < endColumn; column++) {
        const tap = (y - line * stride) * kernel + z - column * stride;
        const from = x + <usize>((image + line) * outSide + column) * xPitch + <usize>tap * bytes;
        let at: usize = 0;
        for (; at + 16 <= bytes; at += 16) {
          v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)));
        }
        for (; at < bytes; at += 4) store<f32>(to + at, load<f32>(to + at) + load<f32>(from + at));
      }
    }
  }
}

/** The first place of a window along a line that reaches a position, counted from the first line of zeros. */
// @ts-ignore: decorator
@inline
export function firstReaching(position: i32, kernel: i32, stride: i32): i32 {
  return position < kernel ? 0 : (position - kernel) / stride + 1;
}
