import type { PixelTensor } from '@clipql/core';

/** A picture as the image tower takes it, and what it was. */
export interface DecodedImage {
  /** Pixels in a row of the upright picture. */
  readonly width: number;
  /** Rows of the upright picture. */
  readonly height: number;
  readonly pixels: PixelTensor;
  /** Milliseconds that decoding took. */
  readonly decode: number;
  /** Milliseconds that preprocessing took. */
  readonly preprocess: number;
}
