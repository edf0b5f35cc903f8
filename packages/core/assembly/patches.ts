/**
 * out[b·P + i·g + j, c·p² + u·p + v] = x[b, c, i·p + u, j·p + v], with g = ⌊S/p⌋ and P = g².
 *
 * x [B, C·S·S], out [B·P, C·p·p], float32. Exact. The threads share the patches.
 */
import { copy } from './copy';
import { rangeEnd, rangeStart } from './split';

export function patches(
  x: usize,
  xPitch: usize,
  channels: i32,
  imageSize: i32,
  patchSize: i32,
  out: usize,
  outPitch: usize,
  rows: i32,
  thread: i32,
  threads: i32,
): void {
  const side = imageSize / patchSize;
  const bytes = <usize>patchSize << 2;
  const end = rangeEnd(rows, thread, threads);
  for (let row = rangeStart(rows, thread, threads); row < end; row++) {
    const image = row / (side * side);
    const top = ((row % (side * side)) / side) * patchSize;
    const left = (row % side) * patchSize;
    let to = out + <usize>row * outPitch;
    for (let channel = 0; channel < channels; channel++) {
      for (let u = 0; u < patchSize; u++) {
        const line = (channel * imageSize + top + u) * imageSize + left;
        copy(to, x + <usize>image * xPitch + (<usize>line << 2), bytes);
        to += bytes;
      }
    }
  }
}
