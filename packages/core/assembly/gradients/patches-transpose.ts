/**
 * out[b, c, i·p + u, j·p + v] = x[b·P + i·g + j, c·p² + u·p + v], with g = ⌊S/p⌋ and P = g²; 0 for pixels beyond g·p.
 *
 * x [B·P, C·p·p], out [B, C·S·S], float32. Exact. The threads share the lines of the images.
 */
import { copy } from '../copy';
import { rangeEnd, rangeStart } from '../split';

export function patchesTranspose(
  x: usize,
  xPitch: usize,
  channels: i32,
  imageSize: i32,
  patchSize: i32,
  out: usize,
  outPitch: usize,
  images: i32,
  thread: i32,
  threads: i32,
): void {
  const side = imageSize / patchSize;
  const bytes = <usize>patchSize << 2;
  const lines = images * channels * imageSize;
  const end = rangeEnd(lines, thread, threads);
  for (let line = rangeStart(lines, thread, threads); line < end; line++) {
    const y = line % imageSize;
    const channel = (line / imageSize) % channels;
    const image = line / (imageSize * channels);
    let to = out + <usize>image * outPitch + (<usize>((channel * imageSize + y) * imageSize) << 2);
    const lineEnd = to + (<usize>imageSize << 2);
    const i = y / patchSize;
    if (i < side) {
      const inPatch = <usize>((channel * patchSize + (y % patchSize)) * patchSize) << 2;
      let from = x + <usize>((image * side + i) * side) * xPitch + inPatch;
      for (let j = 0; j < side; j++, from += xPitch, to += bytes) copy(to, from, bytes);
    }
    memory.fill(to, 0, lineEnd - to);
  }
}
