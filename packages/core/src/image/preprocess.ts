import type { ResizeFilter } from './resize/filters.ts';
import { resizeAndCrop } from './resize/resize.ts';
import { checkRgbImage, type RgbImage } from './rgb-image.ts';

/** How pictures become a vision tower's input: the fields of a processor's file that count. */
export interface PreprocessConfig {
  /**
   * What a picture is resized to: one of its sides, the other as the shape has it, or both; or
   * nothing, which leaves it as it is.
   */
  readonly resize:
    | { readonly shortestEdge: number }
    | { readonly longestEdge: number }
    | { readonly width: number; readonly height: number }
    | 'none';
  /** Pillow's name of the resize's filter. */
  readonly filter: ResizeFilter;
  /** Side S of the square that is cut from the middle, in pixels. */
  readonly crop: number;
  /** Red, green and blue, 0 to 255, of what a smaller picture lacks of the square. */
  readonly fill: readonly [number, number, number];
  /** What a sample of 0 to 255 is multiplied with: 1 / 255. */
  readonly rescaleFactor: number;
  /** Red, green and blue, of rescaled samples. */
  readonly mean: readonly [number, number, number];
  /** Red, green and blue, of rescaled samples. */
  readonly std: readonly [number, number, number];
}

/** One picture as a vision tower takes it. */
export interface PixelTensor {
  /** S, the side of the square. */
  readonly size: number;
  /** [3, S, S], red, green and blue planes, normalised. */
  readonly data: Float32Array;
}

/**
 * Brings a picture into the model's form: resized, cropped to a square and normalised, as by
 * `_transform` in OpenAI's `clip.py`. There is one deviation: here the picture is upright RGB before it
 * is resized, where OpenAI's code ignores EXIF orientation and converts to RGB after the crop. A sample
 * becomes `(v · rescaleFactor − mean) / std` in float64, rounded once to float32.
 *
 * @returns [3, S, S], channel first.
 * @throws ClipError BAD_INPUT when the data does not fit the picture's size; IMAGE_TOO_LARGE when resizing would take too much memory.
 * @example
 * ```ts
 * import { preprocessImage } from '@clipql/core';
 *
 * const grey = { width: 4, height: 2, channels: 3, data: new Uint8Array(24).fill(127) } as const;
 * const square = { resize: { shortestEdge: 2 }, filter: 'bicubic', crop: 2, fill: [0, 0, 0] } as const;
 * const scale = { rescaleFactor: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] } as const;
 * const { size, data } = preprocessImage(grey, { ...square, ...scale });
 * console.log(size, data.length, data[0].toFixed(2)); // 2 12 0.50
 * ```
 */
export function preprocessImage(image: RgbImage, config: PreprocessConfig): PixelTensor {
  const { data } = resizedAndCropped(image, config);
  const size = config.crop;
  const plane = size * size;
  const normalised = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; channel++) {
    const table = normalisationTable(config, channel);
    for (let i = 0; i < plane; i++) {
      normalised[channel * plane + i] = table[data[i * 3 + channel]!]!;
    }
  }
  return { size, data: normalised };
}

/**
 * The square before rescaling and normalisation: [S, S, 3].
 *
 * @throws ClipError BAD_INPUT when the data does not fit the picture's size; IMAGE_TOO_LARGE as
 *   `resizeAndCrop`.
 */
export function resizedAndCropped(
  image: RgbImage,
  config: Pick<PreprocessConfig, 'resize' | 'filter' | 'crop' | 'fill'>,
): RgbImage {
  checkRgbImage(image);
  const size = resizedSize(image, config.resize);
  const side = config.crop;
  const [left, top] = [cropStart(size.width, side), cropStart(size.height, side)];
  const inside = {
    left: Math.max(left, 0),
    top: Math.max(top, 0),
    width: Math.min(side, size.width),
    height: Math.min(side, size.height),
  };
  const cropped = resizeAndCrop(image, size, inside, config.filter);
  if (cropped.width === side && cropped.height === side) return cropped;
  return padded(cropped, config, Math.max(-left, 0), Math.max(-top, 0));
}

/** A part of a picture, in shares of its sides: 0.25 is a quarter from the left, or from the top. */
export interface PictureRegion {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The part of a picture that becomes the vision tower's input. Where a model pads pictures, it reaches beyond
 * them: `left` is then below 0, or `width` above 1.
 *
 * @example
 * ```ts
 * import { croppedRegion } from '@clipql/core';
 *
 * const square = { resize: { shortestEdge: 224 }, crop: 224 } as const;
 * console.log(croppedRegion({ width: 896, height: 448 }, square)); // { left: 0.25, top: 0, width: 0.5, height: 1 }
 * ```
 */
export function croppedRegion(
  picture: Pick<RgbImage, 'width' | 'height'>,
  { resize, crop }: Pick<PreprocessConfig, 'resize' | 'crop'>,
): PictureRegion {
  const { width, height } = resizedSize(picture, resize);
  return {
    left: cropStart(width, crop) / width,
    top: cropStart(height, crop) / height,
    width: crop / width,
    height: crop / height,
  };
}

/**
 * Where the crop begins, as in torchvision's `CenterCrop`, which OpenAI and open_clip use: at
 * round((side − n) / 2), halves to the even number, where Hugging Face takes floor((side − n) / 2);
 * and a smaller picture is padded, by floor((n − side) / 2) before it.
 */
function cropStart(side: number, n: number): number {
  if (side < n) return -Math.floor((n - side) / 2);
  return roundedHalfToEven((side - n) / 2);
}

function roundedHalfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function padded(
  image: RgbImage,
  { crop, fill }: Pick<PreprocessConfig, 'crop' | 'fill'>,
  left: number,
  top: number,
): RgbImage {
  const data = new Uint8Array(crop * crop * 3);
  for (let at = 0; at < data.length; at += 3) data.set(fill, at);
  const rowBytes = image.width * 3;
  for (let y = 0; y < image.height; y++) {
    const row = image.data.subarray(y * rowBytes, (y + 1) * rowBytes);
    data.set(row, ((top + y) * crop + left) * 3);
  }
  return { width: crop, height: crop, channels: 3, data };
}

/**
 * The longer side of a shortest edge is rounded down, as by torchvision and Hugging Face. Of a
 * longest edge both sides are rounded, as by open_clip's `ResizeKeepRatio`.
 */
function resizedSize(
  { width, height }: Pick<RgbImage, 'width' | 'height'>,
  resize: PreprocessConfig['resize'],
): { width: number; height: number } {
  if (resize === 'none') return { width, height };
  if ('width' in resize) return resize;
  if ('longestEdge' in resize) {
    const ratio = Math.max(width, height) / resize.longestEdge;
    const [newWidth, newHeight] = [width, height].map((side) =>
      Math.max(1, roundedHalfToEven(side / ratio)),
    );
    return { width: newWidth!, height: newHeight! };
  }
  const edge = resize.shortestEdge;
  return width <= height
    ? { width: edge, height: Math.floor((edge * height) / width) }
    : { width: Math.floor((edge * width) / height), height: edge };
}

/** [256] what each 8-bit sample becomes. */
function normalisationTable(config: PreprocessConfig, channel: number): Float32Array {
  const [mean, std] = [config.mean[channel]!, config.std[channel]!];
  return Float32Array.from(
    { length: 256 },
    (_, value) => (value * config.rescaleFactor - mean) / std,
  );
}
