import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';
import type { Limits } from './limits.ts';

const MEBIBYTE = 1024 * 1024;

/** Of one image file. */
export const MAX_IMAGE_MEBIBYTES = 20;
export const MAX_IMAGE_BYTES = MAX_IMAGE_MEBIBYTES * MEBIBYTE;

/** Of one image file on one's own disk: photographs of 100 megapixels have up to 100 MiB. */
export const MAX_OWN_IMAGE_BYTES = 256 * MEBIBYTE;

/** Of one picture, unless the settings say otherwise: from strangers, and on one's own disk. */
export const SERVER_MEGAPIXELS = 25;
export const OWN_MEGAPIXELS = 100;

/** @throws ApiError TOO_MANY_IMAGES when an operation names more images than it may. */
export function checkImageCount(images: number, { maxImages }: Pick<Limits, 'maxImages'>): void {
  if (images <= maxImages) return;
  throw new ApiError(
    'TOO_MANY_IMAGES',
    `expected at most ${grouped(maxImages)} images in one operation, got ${grouped(images)}`,
  );
}

/**
 * @param where the image came from, for the message.
 * @throws ApiError IMAGE_TOO_LARGE for a file of more bytes than `most`.
 */
export function checkImageBytes(bytes: number, most: number, where = ''): void {
  if (bytes <= most) return;
  throw new ApiError(
    'IMAGE_TOO_LARGE',
    `expected an image of at most ${most / MEBIBYTE} MiB, got ${grouped(bytes)} bytes ${where}`.trim(),
  );
}
