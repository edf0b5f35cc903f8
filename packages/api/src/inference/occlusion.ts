import type { PixelTensor } from '@clipql/core';

/** Parts of a picture’s side, of which each is hidden in turn. */
export const OCCLUSION_GRID = 7;

/** Images that a picture takes: itself, and itself without each part. */
export const OCCLUSION_IMAGES = 1 + OCCLUSION_GRID ** 2;

/**
 * The n-th of a picture’s images: itself, and then without each part of a grid, row by row from the top left. A
 * part is filled with the mean colour of the model’s training, as in Zeiler and Fergus, "Visualizing and
 * understanding convolutional networks" (2014). What is hidden reaches half a part beyond it at each side, since
 * less than that changes a model’s answer no more than noise does.
 */
export function occluded({ size, data }: PixelTensor, n: number): PixelTensor {
  if (n === 0) return { size, data };
  const rows = hiddenPart(Math.floor((n - 1) / OCCLUSION_GRID), size);
  const columns = hiddenPart((n - 1) % OCCLUSION_GRID, size);
  return { size, data: hidden(data, size, rows, columns) };
}

type Span = readonly [from: number, to: number];

function hiddenPart(part: number, size: number): Span {
  const at = (parts: number) => Math.round((parts * size) / OCCLUSION_GRID);
  return [Math.max(0, at(part - 0.5)), Math.min(size, at(part + 1.5))];
}

/** @param data [3, S, S], normalised: its mean colour is 0. */
function hidden(data: Float32Array, size: number, rows: Span, columns: Span): Float32Array {
  const copy = data.slice();
  for (let channel = 0; channel < 3; channel++) {
    for (let row = rows[0]; row < rows[1]; row++) {
      const start = (channel * size + row) * size;
      copy.fill(0, start + columns[0], start + columns[1]);
    }
  }
  return copy;
}
