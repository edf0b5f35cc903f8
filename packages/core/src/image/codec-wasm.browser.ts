import type { RgbImage } from './rgb-image.ts';
import { drawnPixels } from './source/drawn-pixels.ts';

/** In browsers the codecs load their WebAssembly themselves, by a URL that bundlers know of. */
export async function compileCodec(_specifier: string): Promise<WebAssembly.Module | undefined> {
  return undefined;
}

/**
 * Decodes by the browser's own decoder, for pages whose bundler left a codec's WebAssembly behind. Colour
 * profiles and orientation are left alone, as the codecs do.
 *
 * @throws what the browser does: a DOMException for a damaged file, or a format that it does not know.
 */
export async function decodeWithoutCodec(file: Uint8Array, mediaType: string): Promise<RgbImage> {
  const bitmap = await createImageBitmap(new Blob([file as BlobPart], { type: mediaType }), {
    imageOrientation: 'none',
    premultiplyAlpha: 'none',
    colorSpaceConversion: 'none',
  });
  try {
    return drawnPixels(bitmap);
  } finally {
    bitmap.close();
  }
}
