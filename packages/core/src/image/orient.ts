import type { Orientation } from './exif-orientation.ts';
import type { RgbImage } from './rgb-image.ts';

/** Side of the squares that are turned at once, so that reading across rows stays in the cache. */
const BLOCK = 32;

/**
 * Turns a picture upright: a copy, of 3 channels, or the picture itself where nothing is to be done.
 *
 * The turns are those of Pillow's `ImageOps.exif_transpose`.
 */
export function oriented(image: RgbImage, orientation: Orientation): RgbImage {
  if (orientation === 1) return image;
  const { width, height, channels, data } = image;
  const [mirrorX, mirrorY, swap] = STEPS[orientation];
  const [newWidth, newHeight] = swap ? [height, width] : [width, height];

  // Where the pixel that becomes the first lies, and how far from it are its new neighbours.
  const right = mirrorX ? -channels : channels;
  const down = (mirrorY ? -channels : channels) * width;
  const start =
    (mirrorX ? width - 1 : 0) * channels + (mirrorY ? height - 1 : 0) * width * channels;
  const [stepX, stepY] = swap ? [down, right] : [right, down];

  const turned = new Uint8Array(newWidth * newHeight * 3);
  for (let top = 0; top < newHeight; top += BLOCK) {
    const bottom = Math.min(top + BLOCK, newHeight);
    for (let left = 0; left < newWidth; left += BLOCK) {
      const end = Math.min(left + BLOCK, newWidth);
      for (let y = top; y < bottom; y++) {
        let from = start + y * stepY + left * stepX;
        let to = (y * newWidth + left) * 3;
        for (let x = left; x < end; x++, from += stepX, to += 3) {
          turned[to] = data[from]!;
          turned[to + 1] = data[from + 1]!;
          turned[to + 2] = data[from + 2]!;
        }
      }
    }
  }
  return { width: newWidth, height: newHeight, channels: 3, data: turned };
}

/** By orientation: mirror the stored rows, mirror the stored columns, then swap the axes. */
const STEPS: Readonly<
  Record<Orientation, readonly [mirrorX: boolean, mirrorY: boolean, swap: boolean]>
> = {
  1: [false, false, false],
  2: [true, false, false],
  3: [true, true, false],
  4: [false, true, false],
  5: [false, false, true],
  6: [false, true, true],
  7: [true, true, true],
  8: [true, false, true],
};
