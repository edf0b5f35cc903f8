import type { ImageCodec } from './codec.ts';
import type { RgbImage } from './rgb-image.ts';

/**
 * Decodes a file that `sniffImage` has passed. The decoders are those of the Node build without jimp
 * around them: `@jimp/core` needs Node's `Buffer` when it is loaded.
 */
export async function decodePixels(file: Uint8Array, codec: ImageCodec): Promise<RgbImage> {
  return codec.decode(file);
}
