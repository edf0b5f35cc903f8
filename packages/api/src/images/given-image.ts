import { ApiError } from '../errors/api-error.ts';
import { checkImageBytes, MAX_IMAGE_BYTES } from '../limits/images.ts';
import { decodeBase64 } from './base64.ts';
import { isDataUrl } from './data-url.ts';
import type { ImageSource } from './image-source.ts';

/** An image as a request gives it; one of its fields is set. */
export interface GivenImage {
  readonly url?: string | null | undefined;
  readonly base64?: string | null | undefined;
  readonly upload?: File | null | undefined;
}

/** @throws ApiError BAD_INPUT for what is no base64, IMAGE_TOO_LARGE for too many bytes. */
export type FindImage = (image: GivenImage) => Promise<ImageSource>;

/** For one operation: the same file or text, wherever it stands, becomes bytes once. */
export function createImageFinder(): FindImage {
  const known = new Map<File | string, Promise<ImageSource>>();
  const once = (key: File | string, find: () => Promise<ImageSource>): Promise<ImageSource> => {
    const source = known.get(key) ?? find();
    known.set(key, source);
    return source;
  };
  return async ({ url, base64, upload }) => {
    if (upload) return once(upload, () => uploadSource(upload));
    return base64 == null ? { url: url ?? '' } : once(base64, async () => base64Source(base64));
  };
}

async function uploadSource(upload: File): Promise<ImageSource> {
  checkImageBytes(upload.size, MAX_IMAGE_BYTES, 'in an upload');
  return { bytes: new Uint8Array(await upload.arrayBuffer()) };
}

function base64Source(text: string): ImageSource {
  const bytes = decodeBase64(text);
  if (bytes === undefined || bytes.length === 0) {
    throw new ApiError('BAD_INPUT', `expected an image in base64, got ${whatIsNoBase64(text)}`);
  }
  checkImageBytes(bytes.length, MAX_IMAGE_BYTES, 'in base64');
  return { bytes };
}

function whatIsNoBase64(text: string): string {
  if (text.trim() === '') return 'an empty text';
  return isDataUrl(text) ? 'a data URL, which goes into `url`' : 'something else';
}
