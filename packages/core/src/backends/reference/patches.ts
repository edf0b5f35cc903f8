/**
 * out[b·P + i·g + j, c·p² + u·p + v] = x[b, c, i·p + u, j·p + v], with g = ⌊S/p⌋ and P = g².
 *
 * x [B, C·S·S], out [B·P, C·p·p]. Pixels beyond g·p, where p does not divide S, are left out, as a
 * convolution with stride p leaves them. Exact.
 */
import type { StepOf } from '../../graph/step.ts';
import type { Memory } from './memory.ts';

export function patches(step: StepOf<'patches'>, { f32 }: Memory): void {
  const { x, out, channels, imageSize, patchSize } = step;
  const side = Math.floor(imageSize / patchSize);
  for (let row = 0; row < out.rows; row++) {
    const image = Math.floor(row / (side * side));
    const top = Math.floor((row % (side * side)) / side) * patchSize;
    const left = (row % side) * patchSize;
    let to = out.offset + row * out.pitch;
    for (let channel = 0; channel < channels; channel++) {
      for (let u = 0; u < patchSize; u++) {
        const line = (channel * imageSize + top + u) * imageSize + left;
        const from = x.offset + image * x.pitch + line;
        for (let v = 0; v < patchSize; v++) f32[to++] = f32[from + v]!;
      }
    }
  }
}
