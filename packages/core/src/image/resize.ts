import { ClipError } from '../errors.ts';
import { type AxisWeights, cubicWeights, PRECISION_BITS } from './cubic-weights.ts';
import { horizontalPassInSimd } from './horizontal-pass.ts';
import type { RgbImage } from './rgb-image.ts';

/** A rectangle of the resized picture, in pixels. */
export interface CropWindow {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Added before the shift, so that it rounds to the nearest. */
const HALF = 1 << (PRECISION_BITS - 1);

/**
 * The most pixels that the horizontal pass may make. A picture within the decoder's limit stays far
 * below, but for one that is thin and very long, squeezed into another shape.
 */
const MAX_PASS_PIXELS = 100_000_000;

/**
 * Resizes with Pillow's antialiased bicubic filter and gives a window of the result, exactly as
 * Pillow would: `image.resize((width, height), BICUBIC).crop(…)`. Only what the window needs is
 * computed, and the memory is that of the result and a few rows.
 *
 * As in Pillow (`src/libImaging/Resample.c`): a horizontal pass into 8 bits and then a vertical one,
 * each in fixed point, rounded and clamped; a pass is left out where the size does not change.
 *
 * @param size - of the whole resized picture
 * @throws ClipError BAD_INPUT when the window does not lie within the resized picture;
 *   IMAGE_TOO_LARGE when a very long and thin picture is squeezed into another shape: when the
 *   horizontal pass alone would make more than 100 million pixels, or from `cubicWeights`.
 */
export function resizeAndCrop(
  image: RgbImage,
  size: { readonly width: number; readonly height: number },
  window: CropWindow,
): RgbImage {
  const { left, top, width, height } = window;
  if (left < 0 || top < 0 || left + width > size.width || top + height > size.height) {
    throw new ClipError(
      'BAD_INPUT',
      `expected a window within ${size.width} × ${size.height}, ` +
        `got ${width} × ${height} at ${left}, ${top}`,
    );
  }
  const rowOf = rowReader(image, size.width, left, width);
  const result = new Uint8Array(width * height * 3);

  if (size.height === image.height) {
    for (let y = 0; y < height; y++) rowOf(top + y, result.subarray(y * width * 3));
  } else {
    const weights = cubicWeights(image.height, size.height, top, height);
    const rows = weights.start[height - 1]! + weights.count[height - 1]! - weights.start[0]!;
    if (rows * width > MAX_PASS_PIXELS) {
      throw new ClipError(
        'IMAGE_TOO_LARGE',
        `expected a picture that resizes by way of at most ${MAX_PASS_PIXELS} pixels, ` +
          `got ${image.width} × ${image.height} to ${size.width} × ${size.height}`,
      );
    }
    verticalPass(weights, width * 3, rowOf, result);
  }
  return { width, height, channels: 3, data: result };
}

/** Writes a row of the picture, resized and cropped horizontally, as RGB. */
type RowReader = (y: number, into: Uint8Array) => void;

function rowReader(image: RgbImage, newWidth: number, left: number, width: number): RowReader {
  const { channels, data } = image;
  const rowBytes = image.width * channels;
  if (newWidth === image.width) {
    return (y, into) => {
      let from = y * rowBytes + left * channels;
      for (let to = 0; to < width * 3; to += 3, from += channels) {
        into[to] = data[from]!;
        into[to + 1] = data[from + 1]!;
        into[to + 2] = data[from + 2]!;
      }
    };
  }
  const weights = cubicWeights(image.width, newWidth, left, width);
  const simd = channels === 4 ? horizontalPassInSimd(weights) : undefined;
  if (simd !== undefined) {
    return (y, into) => simd(data.subarray(y * rowBytes, (y + 1) * rowBytes), into);
  }
  return (y, into) => horizontalPass(weights, data, y * rowBytes, channels, into);
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

/**
 * Adds each source row, when it has been read, to the result rows that it is part of: sums of
 * integers do not depend on their order, and no picture between the passes has to be kept.
 */
function verticalPass(
  { start, count, taps, weights }: AxisWeights,
  rowBytes: number,
  rowOf: RowReader,
  result: Uint8Array,
): void {
  const height = start.length;
  const source = new Uint8Array(rowBytes);
  // Rows of sums that are not complete; both ends of the rows' windows only ever go up.
  const sums = new Map<number, Int32Array>();
  let first = 0;
  let behind = 0;
  for (let y = start[0]!; first < height; y++) {
    rowOf(y, source);
    for (; behind < height && start[behind]! <= y; behind++) {
      sums.set(behind, new Int32Array(rowBytes).fill(HALF));
    }
    for (let row = first; row < behind; row++) {
      addRow(sums.get(row)!, source, weights[row * taps + y - start[row]!]!);
    }
    for (; first < behind && start[first]! + count[first]! === y + 1; first++) {
      const sum = sums.get(first)!;
      for (let i = 0, to = first * rowBytes; i < rowBytes; i++) result[to + i] = clamped(sum[i]!);
      sums.delete(first);
    }
  }
}

function addRow(sum: Int32Array, row: Uint8Array, weight: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + Math.imul(weight, row[i]!);
}

function clamped(sum: number): number {
  const value = sum >> PRECISION_BITS;
  return value < 0 ? 0 : Math.min(value, 255);
}
