import { ClipError } from '../errors.ts';
import { readAvifHeader } from './avif-file.ts';
import { describeForeignBytes } from './foreign-formats.ts';
import { readGifHeader } from './gif-file.ts';
import type { ImageFormat, ImageHeader } from './image-header.ts';
import { readJpegHeader } from './jpeg-file.ts';
import { PNG_SIGNATURE, readPngHeader } from './png-file.ts';
import { readWebpHeader } from './webp-file.ts';

export type { ImageFormat, ImageHeader } from './image-header.ts';

/** What a picture may cost. */
export interface ImageLimits {
  /** Width × height; 25 million when not given. See `decodeImage` for the bytes that each takes. */
  readonly maxPixels?: number | undefined;
}

/** 25 megapixels: a photo of a large sensor, 100 MB decoded. */
const DEFAULT_MAX_PIXELS = 25_000_000;

const READERS: Readonly<Record<ImageFormat, (bytes: Uint8Array) => ImageHeader>> = {
  png: readPngHeader,
  jpeg: readJpegHeader,
  gif: readGifHeader,
  webp: readWebpHeader,
  avif: readAvifHeader,
};

/**
 * Finds out what a file is and how large its picture is, from its header alone and without trusting
 * a number in it: nothing is decoded, inflated or allocated.
 *
 * @throws ClipError IMAGE_UNSUPPORTED when it is none of the formats or a kind of one that is not
 *   decoded; IMAGE_TOO_LARGE when decoding it would take more than `maxPixels`; IMAGE_CORRUPT when
 *   the header is cut short or contradicts itself.
 */
export function sniffImage(bytes: Uint8Array, limits: ImageLimits = {}): ImageHeader {
  const format = formatOf(bytes);
  if (format === undefined) {
    throw new ClipError(
      'IMAGE_UNSUPPORTED',
      `expected PNG, JPEG, GIF, WebP or AVIF, got ${describeForeignBytes(bytes)}`,
    );
  }
  const { width, height, decodedPixels } = READERS[format](bytes);
  const limit = limits.maxPixels ?? DEFAULT_MAX_PIXELS;
  if (decodedPixels > limit) {
    const cost = decodedPixels > width * height ? `, which costs as much as ${decodedPixels}` : '';
    throw new ClipError(
      'IMAGE_TOO_LARGE',
      `expected an image of at most ${limit} pixels, got ${width} × ${height}${cost}`,
    );
  }
  return { format, width, height, decodedPixels };
}

function formatOf(bytes: Uint8Array): ImageFormat | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 12));
  if (head.startsWith(String.fromCharCode(...PNG_SIGNATURE))) return 'png';
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return 'gif';
  if (head.startsWith('RIFF') && head.startsWith('WEBP', 8)) return 'webp';
  if (head.startsWith('ftyp', 4) && hasAvifBrand(bytes)) return 'avif';
  return undefined;
}

/** Whether the file type box names a brand of AVIF, as the major or a compatible one. */
function hasAvifBrand(bytes: Uint8Array): boolean {
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const box = bytes.subarray(0, Math.min(size, 1024, bytes.length));
  for (let at = 8; at + 4 <= box.length; at += 4) {
    const isMinorVersion = at === 12;
    const brand = String.fromCharCode(...box.subarray(at, at + 4));
    if (!isMinorVersion && (brand === 'avif' || brand === 'avis')) return true;
  }
  return false;
}
