import { decodePixels } from '#pixel-decoder';
import { ClipError, grouped } from '../errors.ts';
import type { ImageCodec } from './codec.ts';
import { codecOf } from './codecs.ts';
import { oriented } from './orient.ts';
import type { RgbImage } from './rgb-image.ts';
import { type ImageLimits, sniffImage } from './sniff.ts';

/**
 * Decodes a PNG, JPEG, GIF, WebP, AVIF, BMP or TIFF to upright RGB, as Pillow's
 * `ImageOps.exif_transpose(Image.open(…)).convert('RGB')` does: of an animation the first frame, of
 * several pages the first; alpha dropped, not blended, so that transparent pixels have the colour
 * that is stored; colour profiles ignored.
 *
 * The header is checked first, then that the file is complete: a truncated file is an error, never a
 * picture that is partly grey.
 *
 * Memory: 4 bytes a pixel for the result. While decoding, as measured, a JPEG takes up to 11 bytes a
 * pixel more, a WebP 6, an AVIF 24, a GIF 1, a BMP 4, a TIFF 14, and a PNG next to nothing; an
 * orientation other than 1 takes 3. TIFF samples of 16 bits count twice towards the limit.
 *
 * @returns [height, width, channels], 8-bit.
 * @throws ClipError as {@link sniffImage}; IMAGE_CORRUPT for a damaged or truncated file.
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { decodeImage } from '@clipql/core';
 *
 * const image = await decodeImage(await readFile('packages/api/examples/march-pastoral.jpg'));
 * console.log(image.width, image.height); // 1024 498
 * ```
 */
export async function decodeImage(bytes: Uint8Array, limits?: ImageLimits): Promise<RgbImage> {
  const header = sniffImage(bytes, limits);
  const codec = codecOf(header.format);
  const input = await codec.readFile(bytes);
  await codec.load();
  const decoded = await decodeChecked(input.bytes, input.decodedSize ?? header, codec);
  return oriented(input.assemble?.(decoded) ?? decoded, input.orientation);
}

async function decodeChecked(
  bytes: Uint8Array,
  expected: { readonly width: number; readonly height: number },
  codec: ImageCodec,
): Promise<RgbImage> {
  let image: RgbImage;
  try {
    image = await decodePixels(bytes, codec);
  } catch (cause) {
    if (cause instanceof ClipError) throw cause;
    throw new ClipError(
      'IMAGE_CORRUPT',
      `the ${codec.title} file is damaged: its header is right, but its data does not decode`,
      { cause },
    );
  }
  const { width, height, channels, data } = image;
  if (width !== expected.width || height !== expected.height) {
    throw new ClipError(
      'IMAGE_CORRUPT',
      `the ${codec.title} file is damaged: expected ${grouped(expected.width)} × ${grouped(expected.height)} ` +
        `as its header says, got ${grouped(width)} × ${grouped(height)}`,
    );
  }
  if (data.length !== width * height * channels) {
    throw new ClipError('IMAGE_CORRUPT', `the ${codec.title} file is damaged: pixels are missing`);
  }
  return image;
}
