/**
 * out[b, c, i·p + u, j·p + v] = x[b·P + i·g + j, c·p² + u·p + v], with g = ⌊S/p⌋ and P = g²; 0 for pixels beyond g·p.
 *
 * x [B·P, C·p·p], out [B, C·S·S]. Exact.
 */
import type { StepOf } from '../../../graph/step.ts';
import type { Memory } from '../memory.ts';

export function patchesTranspose(step: StepOf<'patchesTranspose'>, { f32 }: Memory): void {
  const { x, out, channels, imageSize, patchSize } = step;
  const side = Math.floor(imageSize / patchSize);
  for (let image = 0; image < out.rows; image++) {
    const start = out.offset + image * out.pitch;
    f32.fill(0, start, start + out.columns);
  }
  for (let row = 0; row < x.rows; row++) {
    const image = Math.floor(row / (side * side));
    const top = Math.floor((row % (side * side)) / side) * patchSize;
    const left = (row % side) * patchSize;
    let from = x.offset + row * x.pitch;
    for (let channel = 0; channel < channels; channel++) {
      for (let u = 0; u < patchSize; u++) {
        const line = (channel * imageSize + top + u) * imageSize + left;
        const to = out.offset + image * out.pitch + line;
        for (let v = 0; v < patchSize; v++) f32[to + v] = f32[from++]!;
      }
    }
  }
}
