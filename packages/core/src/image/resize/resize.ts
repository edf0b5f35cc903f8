import { ClipError, grouped } from '../../errors.ts';
import type { RgbImage } from '../rgb-image.ts';
import { type AxisWeights, axisWeights } from './axis-weights.ts';
import type { ResizeFilter } from './filters.ts';
import { clamped, HALF, type RowSums, rowSums } from './row-sums.ts';
import { simdRows } from './simd-rows.ts';

/** A rectangle of the resized picture, in pixels. */
export interface CropWindow {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The most pixels that the horizontal pass may make. A picture within the decoder's limit stays far
 * below, but for one that is thin and very long, squeezed into another shape.
 */
const MAX_PASS_PIXELS = 100_000_000;

/**
 * Resizes with one of Pillow's filters and gives a window of the result, exactly as Pillow would:
 * `image.resize((width, height), BICUBIC).crop(…)`. Only what the window needs is
 * computed, and the memory is that of the result and a few rows.
 *
 * As in Pillow (`src/libImaging/Resample.c`): a horizontal pass into 8 bits and then a vertical one,
 * each in fixed point, rounded and clamped; a pass is left out where the size does not change.
 *
 * @param size - of the whole resized picture
 * @throws ClipError BAD_INPUT when the window does not lie within the resized picture;
 *   IMAGE_TOO_LARGE when a very long and thin picture is squeezed into another shape: when the
 *   horizontal pass alone would make more than 100 million pixels, or from `axisWeights`.
 */
export function resizeAndCrop(
  image: RgbImage,
  size: { readonly width: number; readonly height: number },
  window: CropWindow,
  filter: ResizeFilter = 'bicubic',
): RgbImage {
  const { left, top, width, height } = window;
  if (left < 0 || top < 0 || left + width > size.width || top + height > size.height) {
    throw new ClipError(
      'BAD_INPUT',
      `expected a window within ${grouped(size.width)} × ${grouped(size.height)}, ` +
        `got ${grouped(width)} × ${grouped(height)} at ${grouped(left)}, ${grouped(top)}`,
    );
  }
  const result = new Uint8Array(width * height * 3);
  if (size.height === image.height) {
    const { rowOf, sums } = passes(image, filter, size.width, left, width, 0);
    for (let y = 0; y < height; y++) {
      rowOf(top + y);
      result.set(sums.row, y * width * 3);
    }
  } else {
    const weights = axisWeights(filter, image.height, size.height, top, height);
    const rows = weights.start[height - 1]! + weights.count[height - 1]! - weights.start[0]!;
    if (rows * width > MAX_PASS_PIXELS) {
      throw new ClipError(
        'IMAGE_TOO_LARGE',
        `expected a picture that resizes by way of at most ${grouped(MAX_PASS_PIXELS)} pixels, ` +
          `got ${grouped(image.width)} × ${grouped(image.height)} to ${grouped(size.width)} × ${grouped(size.height)}`,
      );
    }
    const { rowOf, sums } = passes(image, filter, size.width, left, width, mostUnderWay(weights));
    verticalPass(weights, rowOf, sums, result);
  }
  return { width, height, channels: 3, data: result };
}

interface Passes {
  /** Makes row `y` of the picture, resized and cropped horizontally, the sums' next source row. */
  readonly rowOf: (y: number) => void;
  readonly sums: RowSums;
}

function passes(
  image: RgbImage,
  filter: ResizeFilter,
  newWidth: number,
  left: number,
  width: number,
  underWay: number,
): Passes {
  const { channels, data } = image;
  const rowBytes = image.width * channels;
  if (newWidth === image.width) {
    const sums = rowSums(width * 3);
    const rowOf = (y: number) => {
      let from = y * rowBytes + left * channels;
      for (let to = 0; to < width * 3; to += 3, from += channels) {
        sums.row[to] = data[from]!;
        sums.row[to + 1] = data[from + 1]!;
        sums.row[to + 2] = data[from + 2]!;
      }
    };
    return { rowOf, sums };
  }
  const weights = axisWeights(filter, image.width, newWidth, left, width);
  const simd = channels === 4 ? simdRows(weights, underWay) : undefined;
  if (simd !== undefined) {
    const rowOf = (y: number) => simd.pass(data.subarray(y * rowBytes, (y + 1) * rowBytes));
    return { rowOf, sums: simd.sums };
  }
  const sums = rowSums(width * 3);
  return {
    rowOf: (y) => horizontalPass(weights, data, y * rowBytes, channels, sums.row),
    sums,
  };
}

function horizontalPass(
  { start, count, taps, weights }: AxisWeights,
  data: Uint8Array,
  row: number,
  channels: number,
  into: Uint8Array,
): void {
  for (let x = 0, to = 0; x < start.length; x++, to += 3) {
    let from = row + start[x]! * channels;
    let red = HALF;
    let green = HALF;
    let blue = HALF;
    for (let tap = x * taps, end = tap + count[x]!; tap < end; tap++, from += channels) {
      const weight = weights[tap]!;
      red = (red + Math.imul(weight, data[from]!)) | 0;
      green = (green + Math.imul(weight, data[from + 1]!)) | 0;
      blue = (blue + Math.imul(weight, data[from + 2]!)) | 0;
    }
    into[to] = clamped(red);
    into[to + 1] = clamped(green);
    into[to + 2] = clamped(blue);
  }
}

/** The most rows of the result that any source row is part of. */
function mostUnderWay({ start, count }: AxisWeights): number {
  let most = 0;
  for (let row = 0, behind = 0; row < start.length; row++) {
    while (behind < start.length && start[behind]! < start[row]! + count[row]!) behind++;
    most = Math.max(most, behind - row);
  }
  return most;
}

/**
 * Adds each source row, when it has been read, to the result rows that it is part of: sums of
 * integers do not depend on their order, and no picture between the passes has to be kept. Both ends
 * of the rows' windows only ever go up.
 */
function verticalPass(
  { start, count, taps, weights }: AxisWeights,
  rowOf: (y: number) => void,
  sums: RowSums,
  result: Uint8Array,
): void {
  const height = start.length;
  const rowBytes = result.length / height;
  let first = 0;
  let behind = 0;
  for (let y = start[0]!; first < height; y++) {
    rowOf(y);
    while (behind < height && start[behind]! <= y) behind++;
    for (let row = first; row < behind; row++) {
      sums.add(row, weights[row * taps + y - start[row]!]!);
    }
    for (; first < behind && start[first]! + count[first]! === y + 1; first++) {
      sums.end(first, result.subarray(first * rowBytes, (first + 1) * rowBytes));
    }
  }
}
