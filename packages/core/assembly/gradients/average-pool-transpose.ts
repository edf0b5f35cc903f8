/**
 * out[b·H² + y·H + z, c] = x[b·G² + ⌊y/k⌋·G + ⌊z/k⌋, c] / k², with G = ⌊H/k⌋; 0 for pixels beyond G·k.
 *
 * x [B·G², C], out [B·H², C], float32. Rounded once. The threads share the pixels.
 */
import { rangeEnd, rangeStart } from '../split';

export function averagePoolTranspose(
  x: usize,
  xPitch: usize,
  side: i32,
  kernel: i32,
  out: usize,
  outPitch: usize,
  pixels: i32,
  columns: i32,
  thread: i32,
  threads: i32,
): void {
  const squares = side / kernel;
  const bytes = <usize>columns << 2;
  const area = <f32>(kernel * kernel);
  const end = rangeEnd(pixels, thread, threads);
  for (let pixel = rangeStart(pixels, thread, threads); pixel < end; pixel++) {
    const line = ((pixel / side) % side) / kernel;
    const column = (pixel % side) / kernel;
    const to = out + <usize>pixel * outPitch;
    if (line >= squares || column >= squares) {
      memory.fill(to, 0, bytes);
      continue;
    }
    const image = pixel / (side * side);
    const from = x + <usize>((image * squares + line) * squares + column) * xPitch;
    let at: usize = 0;
    for (; at + 16 <= bytes; at += 16) {
      v128.store(to + at, f32x4.div(v128.load(from + at), f32x4.splat(area)));
    }
    for (; at < bytes; at += 4) store<f32>(to + at, load<f32>(from + at) / area);
  }
}
