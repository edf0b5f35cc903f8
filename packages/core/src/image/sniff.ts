import { ClipError, grouped } from '../errors.ts';
import type { ImageCodec, PictureHeader } from './codec.ts';
import { CODECS, type ImageFormat } from './codecs.ts';
import { describeForeignBytes } from './foreign-formats.ts';

/** What a file's header says. */
export interface ImageHeader extends PictureHeader {
  readonly format: ImageFormat;
}

/** Limits for decoding. */
export interface ImageLimits {
  /** Width × height; 25 million when not given. See `decodeImage` for the bytes that each takes. */
  readonly maxPixels?: number | undefined;
}

/** 25 megapixels: a photo of a large sensor, 100 MB decoded. */
const DEFAULT_MAX_PIXELS = 25_000_000;

const TITLES = CODECS.map(({ title }) => title);
const EXPECTED = `${TITLES.slice(0, -1).join(', ')} or ${TITLES.at(-1)}`;

/**
 * Reads an image's format and size from its header, without trusting a number in it: nothing is
 * decoded, inflated or allocated.
 *
 * @throws ClipError IMAGE_UNSUPPORTED when it is none of the formats or a kind of one that is not
 *   decoded; IMAGE_TOO_LARGE when decoding it would take more than `maxPixels`; IMAGE_CORRUPT when
 *   the header is cut short or contradicts itself.
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { sniffImage } from '@clipql/core';
 *
 * const { format, width } = sniffImage(await readFile('packages/api/examples/march-pastoral.jpg'));
 * console.log(format, width); // jpeg 1024
 * ```
 */
export function sniffImage(bytes: Uint8Array, limits: ImageLimits = {}): ImageHeader {
  const codec: ImageCodec<ImageFormat> | undefined = CODECS.find((each) => each.recognizes(bytes));
  if (codec === undefined) {
    throw new ClipError(
      'IMAGE_UNSUPPORTED',
      `expected ${EXPECTED}, got ${describeForeignBytes(bytes)}`,
    );
  }
  const { width, height, decodedPixels } = codec.readHeader(bytes);
  const limit = limits.maxPixels ?? DEFAULT_MAX_PIXELS;
  if (decodedPixels > limit) {
    const cost =
      decodedPixels > width * height ? `, which costs as much as ${grouped(decodedPixels)}` : '';
    throw new ClipError(
      'IMAGE_TOO_LARGE',
      `expected an image of at most ${grouped(limit)} pixels, got ${grouped(width)} × ${grouped(height)}${cost}`,
    );
  }
  return { format: codec.name, width, height, decodedPixels };
}
