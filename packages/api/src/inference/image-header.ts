import { ClipError, type ImageHeader, sniffImage } from '@clipql/core';
import { ApiError } from '../errors/api-error.ts';

/**
 * An image's header, whose picture is small enough to be decoded.
 *
 * @throws ClipError as `sniffImage`; ApiError IMAGE_TOO_LARGE, which names the flag that says how
 *   large is too large.
 */
export function imageHeader(bytes: Uint8Array, maxPixels: number | undefined): ImageHeader {
  try {
    return sniffImage(bytes, { maxPixels });
  } catch (error) {
    if (!(error instanceof ClipError) || error.code !== 'IMAGE_TOO_LARGE') throw error;
    const message = `${error.message}; --max-megapixels sets the limit`;
    throw new ApiError('IMAGE_TOO_LARGE', message, { cause: error });
  }
}
