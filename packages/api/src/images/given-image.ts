import { ApiError } from '../errors.ts';
import { checkImageBytes, MAX_IMAGE_BYTES } from '../limits.ts';
import { decodeBase64 } from './base64.ts';
import type { ImageSource } from './image-source.ts';

/** An image as a request gives it; one of its fields is set. */
export interface GivenImage {
  readonly url?: string | null | undefined;
  readonly base64?: string | null | undefined;
  readonly upload?: File | null | undefined;
}

/** @throws ApiError BAD_INPUT for what is no base64, IMAGE_TOO_LARGE for too many bytes. */
export async function imageSource({ url, base64, upload }: GivenImage): Promise<ImageSource> {
  if (upload) {
    checkImageBytes(upload.size, MAX_IMAGE_BYTES, 'in an upload');
    return { bytes: new Uint8Array(await upload.arrayBuffer()) };
  }
  return base64 ? base64Source(base64) : { url: url ?? '' };
}

function base64Source(text: string): ImageSource {
  const bytes = decodeBase64(text);
  if (bytes === undefined) {
    throw new ApiError('BAD_INPUT', `expected an image in base64, got ${whatIsNoBase64(text)}`);
  }
  checkImageBytes(bytes.length, MAX_IMAGE_BYTES, 'in base64');
  return { bytes };
}

const whatIsNoBase64 = (text: string): string =>
  /^data:/i.test(text) ? 'a data URL, which goes into `url`' : 'something else';
