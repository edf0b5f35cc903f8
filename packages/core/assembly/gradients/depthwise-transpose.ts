/**
 * out[b·H² + (i·s + u − p)·H + j·s + v − p, c] = Σ x[b·G² + i·G + j, c] · W[u·k + v, c] over the windows i, j and their
 * u, v that reach that pixel; p lines of zeros lie before the image.
 *
 * x [B·G², C], W [k², C], out [B·H², C], float32. Summed in float32 over the windows in order, fused in the relaxed
 * build. The threads share the lines.
 *
 * With stride 1 it is a depthwise convolution by the weight read from its end. With others, the windows that reach a
 * pixel read every s-th line and column of the weight, from its end too.
 */
import { convolve, place } from '../depthwise';
import { rangeEnd, rangeStart } from '../split';
import { firstReaching } from './windows-transpose';

export function depthwiseTranspose(
  x: usize,
  xPitch: usize,
  channels: i32,
  weight: usize,
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
  if (stride == 1) {
    const last = weight + <usize>(kernel * kernel - 1) * rowBytes;
    convolve(x, xPitch, channels, last, 0 - rowBytes, 0, 0, outSide, kernel, 1, kernel - 1 - before, side, out, outPitch, lines, thread, threads);
    return;
  }
  const linePitch = <usize>outSide * xPitch;
  const weightPitch = 0 - <usize>stride * rowBytes;
  const weightLine = weightPitch * <usize>kernel;
  const end = rangeEnd(lines, thread, threads);
  for (let line = rangeStart(lines, thread, threads); line < end; line++) {
    const y = (line % side) + before;
    const firstLine = firstReaching(y, kernel, stride);
    const height = max(0, min(outSide, y / stride + 1) - firstLine);
    const from = x + <usize>((line / side) * outSide + firstLine) * linePitch;
    const w = weight + <usize>((y - firstLine * stride) * kernel) * rowBytes;
    for (let column = 0; column < side; column++) {
      const z = column + before;
      const first = firstReaching(z, kernel, stride);
      const width = max(0, min(outSide, z / stride + 1) - first);
      const to = out + <usize>(line * side + column) * outPitch;
      place(from + <usize>first * xPitch, linePitch, xPitch, height, width, w + <usize>(z - first * stride) * rowBytes, weightLine, weightPitch, rowBytes, 0, 0, to, 0);
    }
  }
}
