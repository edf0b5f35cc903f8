import { ClipError, grouped } from '../errors.ts';

/**
 * A decoded picture: 8-bit samples, row by row from the top left, the channels of a pixel side by
 * side.
 */
export interface RgbImage {
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /**
   * Bytes a pixel takes: 3 (red, green, blue), or 4, where the fourth is to be ignored. The
   * decoders give 4, and taking them as they are saves a pass over the picture: 55 ms and 36 MB of
   * a 12-megapixel photo.
   */
  readonly channels: 3 | 4;
  /** [height, width, channels] */
  readonly data: Uint8Array;
}

/** A picture of the library jimp: an instance of its `Jimp`, or anything with its bitmap. */
export interface JimpImage {
  readonly bitmap: {
    readonly width: number;
    readonly height: number;
    /** [height, width, 4], RGBA */
    readonly data: Uint8Array;
  };
}

/** A jimp image's pixels, not copied; alpha is to be ignored. */
export function fromJimp({ bitmap }: JimpImage): RgbImage {
  const { width, height, data } = bitmap ?? {};
  return { width, height, channels: 4, data };
}

/** @throws ClipError BAD_INPUT for a picture without pixels, or whose data has another length. */
export function checkRgbImage({ width, height, channels, data }: RgbImage): void {
  const sides = [width, height].every((side) => Number.isSafeInteger(side) && side > 0);
  const known = channels === 3 || channels === 4;
  if (!sides || !known || data?.length !== width * height * channels) {
    throw new ClipError(
      'BAD_INPUT',
      'expected a picture with width × height × channels values, of 3 or 4 channels, ' +
        `got ${grouped(width)} × ${grouped(height)} × ${channels} and ${grouped(data?.length ?? 0)} values`,
    );
  }
}
