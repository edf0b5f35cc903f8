import type { Orientation } from '../exif-orientation.ts';
import type { RgbImage } from '../rgb-image.ts';
import { pictureOf, pixelAt } from './sample-picture.ts';

export const ORIENTATIONS: readonly Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8];

/**
 * For each orientation, where the stored first row and first column lie in the upright picture: the
 * words of EXIF 2.32, 4.6.4.
 */
const ROW_AND_COLUMN: Readonly<Record<Orientation, readonly [row: string, column: string]>> = {
  1: ['top', 'left'],
  2: ['top', 'right'],
  3: ['bottom', 'right'],
  4: ['bottom', 'left'],
  5: ['left', 'top'],
  6: ['right', 'top'],
  7: ['right', 'bottom'],
  8: ['left', 'bottom'],
};

/** The upright picture of one that is stored with an orientation. */
export function turned(stored: RgbImage, orientation: Orientation): RgbImage {
  const [row, column] = ROW_AND_COLUMN[orientation];
  const swap = row === 'left' || row === 'right';
  const { width, height } = stored;
  const sourceX = (along: number) =>
    column === 'right' || column === 'bottom' ? width - 1 - along : along;
  const sourceY = (along: number) =>
    row === 'bottom' || row === 'right' ? height - 1 - along : along;
  return pictureOf(swap ? height : width, swap ? width : height, (x, y) => {
    const [red, green, blue] = pixelAt(stored, sourceX(swap ? y : x), sourceY(swap ? x : y));
    return [red!, green!, blue!];
  });
}
