import type { ImageCodec } from './codec.ts';
import { CODECS } from './codecs.ts';
import type { RgbImage } from './rgb-image.ts';

/** jimp with the closed list of formats, loaded with the first image: a process that decodes none has no use for it. */
async function loadJimp() {
  const { createJimp } = await import('@jimp/core');
  return createJimp({ formats: CODECS.flatMap(jimpFormats) });
}
let loaded: ReturnType<typeof loadJimp> | undefined;

/**
 * Decodes a file that `sniffImage` has passed: by way of jimp, always from a buffer, never from a
 * path or URL. A JPEG comes here without its EXIF data, so jimp does not turn it.
 */
export async function decodePixels(file: Uint8Array, _codec: ImageCodec): Promise<RgbImage> {
  const buffer = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  loaded ??= loadJimp();
  const { width, height, data } = (await (await loaded).fromBuffer(buffer)).bitmap;
  return { width, height, channels: 4, data };
}

function jimpFormats({ mediaTypes, decode }: ImageCodec) {
  return mediaTypes.map((mime) => () => ({
    mime,
    // jimp's type wants a Buffer; nothing that is called here uses more than a Uint8Array.
    decode: async (file: Buffer) => (await decode(file)) as RgbImage & { data: Buffer },
    encode: (): never => {
      throw new Error('formats are only decoded');
    },
  }));
}
