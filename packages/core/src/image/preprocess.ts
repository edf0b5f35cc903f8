import { ClipError } from '../errors.ts';
import { resizeAndCrop } from './resize.ts';
import { checkRgbImage, type RgbImage } from './rgb-image.ts';

/** How pictures become a vision tower's input: the fields of `preprocessor_config.json` that count. */
export interface PreprocessConfig {
  /** The length that the shorter side gets, the shape being kept; or both sides. */
  readonly resize:
    | { readonly shortestEdge: number }
    | { readonly width: number; readonly height: number };
  /** Side S of the square that is cut from the middle, in pixels. */
  readonly crop: number;
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
 * Brings a picture into the model's form: resized, cropped to a square and normalised, as by Hugging
 * Face's `CLIPImageProcessor` and `_transform` in OpenAI's `clip.py`. A sample becomes
 * `(v · rescaleFactor − mean) / std` in float64, rounded once to float32.
 *
 * @returns [3, S, S], channel first.
 * @throws ClipError BAD_INPUT when the data does not fit the picture's size, or the crop is larger than
 *   the resized picture; IMAGE_TOO_LARGE when resizing would take too much memory.
 * @example
 * ```ts
 * import { preprocessImage } from '@clipql/core';
 *
 * const grey = { width: 4, height: 2, channels: 3, data: new Uint8Array(24).fill(127) } as const;
 * const config = { resize: { shortestEdge: 2 }, crop: 2, rescaleFactor: 1 / 255 } as const;
 * const scale = { mean: [0, 0, 0], std: [1, 1, 1] } as const;
 * const { size, data } = preprocessImage(grey, { ...config, ...scale });
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
 * @throws ClipError BAD_INPUT when the data does not fit the picture's size, or the square is larger
 *   than the resized picture; IMAGE_TOO_LARGE
 *   as `resizeAndCrop`.
 */
export function resizedAndCropped(image: RgbImage, config: PreprocessConfig): RgbImage {
  checkRgbImage(image);
  const size = resizedSize(image, config.resize);
  const side = config.crop;
  if (side > size.width || side > size.height) {
    throw new ClipError(
      'BAD_INPUT',
      `expected a resized picture of at least ${side} × ${side}, got ${size.width} × ${size.height}`,
    );
  }
  return resizeAndCrop(image, size, {
    left: Math.floor((size.width - side) / 2),
    top: Math.floor((size.height - side) / 2),
    width: side,
    height: side,
  });
}

/** The longer side is rounded down, as by torchvision and Hugging Face. */
function resizedSize(
  { width, height }: RgbImage,
  resize: PreprocessConfig['resize'],
): { width: number; height: number } {
  if (!('shortestEdge' in resize)) return resize;
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
