import { type Clip, decodeImage, type PixelTensor } from '@clipql/core';

/** A picture as the image tower takes it, and what it was. */
interface DecodedImage {
  /** Pixels in a row of the upright picture. */
  readonly width: number;
  /** Rows of the upright picture. */
  readonly height: number;
  readonly pixels: PixelTensor;
  /** Milliseconds. */
  readonly decode: number;
  /** Milliseconds. */
  readonly preprocess: number;
}

/** Decodes and preprocesses the bytes of a file that has been sniffed. */
export type DecodeImage = (bytes: Uint8Array, signal: AbortSignal) => Promise<DecodedImage>;

export const decodeHere =
  (clip: Clip, maxPixels: number | undefined): DecodeImage =>
  async (bytes) => {
    const start = performance.now();
    const rgb = await decodeImage(bytes, { maxPixels });
    const decoded = performance.now();
    const pixels = await clip.preprocess(rgb);
    return {
      width: rgb.width,
      height: rgb.height,
      pixels,
      decode: decoded - start,
      preprocess: performance.now() - decoded,
    };
  };
