import { createJimp } from '@jimp/core';
import { FORMATS, type PixelFormat } from './formats.ts';
import type { ImageFormat } from './image-header.ts';
import type { RgbImage } from './rgb-image.ts';

/** jimp calls a PNG with animation chunks by another name. */
const APNG: PixelFormat = { ...FORMATS.png, mime: 'image/apng' };

/** jimp with a closed list of formats: no TIFF, on which it can hang, and no BMP. */
const Jimp = createJimp({ formats: [...Object.values(FORMATS), APNG].map(jimpFormat) });

/**
 * Decodes a file that `sniffImage` has passed: by way of jimp, always from a buffer, never from a
 * path or URL. A JPEG comes here without its EXIF data, so jimp does not turn it.
 */
export async function decodePixels(file: Uint8Array, _format: ImageFormat): Promise<RgbImage> {
  const buffer = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const { width, height, data } = (await Jimp.fromBuffer(buffer)).bitmap;
  return { width, height, channels: 4, data };
}

function jimpFormat({ mime, decode }: PixelFormat) {
  return () => ({
    mime,
    // jimp's type wants a Buffer; nothing that is called here uses more than a Uint8Array.
    decode: async (file: Buffer) => (await decode(file)) as RgbImage & { data: Buffer },
    encode: (): never => {
      throw new Error('formats are only decoded');
    },
  });
}
