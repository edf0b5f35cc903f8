import type { RgbImage } from '@clipql/core';
import { recipeNumbers } from '../kit/models/recipe.ts';

const VIEWS = 16;
const LEAST_SHARE = 0.7;
const CHANNELS = 3;

/**
 * Squares of a picture that the drawing never saw: cut from its 8-bit pixels, of any size from 0.7 of its side, and
 * resized as any image is.
 */
export function freshViews(picture: RgbImage): readonly RgbImage[] {
  const random = recipeNumbers('fresh views', 3 * VIEWS, 0).map((value) => (value + 1) / 2);
  return Array.from({ length: VIEWS }, (_, i) => {
    const [share, left, top] = random.subarray(3 * i, 3 * i + 3);
    const side = Math.round((LEAST_SHARE + (1 - LEAST_SHARE) * share!) * picture.width);
    const place = (at: number) => Math.floor(at * (picture.width - side + 1));
    return squareOf(picture, { left: place(left!), top: place(top!), side });
  });
}

function squareOf(
  { width, channels, data }: RgbImage,
  { left, top, side }: { left: number; top: number; side: number },
): RgbImage {
  const square = new Uint8Array(CHANNELS * side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = channels * ((top + y) * width + left + x);
      square.set(data.subarray(at, at + CHANNELS), CHANNELS * (y * side + x));
    }
  }
  return { width: side, height: side, channels: CHANNELS, data: square };
}
