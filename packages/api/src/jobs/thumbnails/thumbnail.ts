import { decodeImage, type RgbImage } from '@clipql/core';
import { createJimp } from '@jimp/core';
import jpeg from '@jimp/js-jpeg';
import { methods as resize } from '@jimp/plugin-resize';
import { THUMBNAIL_SIDE } from './make-thumbnail.ts';

const Jimp = createJimp({ formats: [jpeg], plugins: [resize] });
const QUALITY = 80;

/** A JPEG of at most 256 × 256 pixels. @throws what the decoder does. */
export async function thumbnail(bytes: Uint8Array): Promise<Uint8Array> {
  const { width, height, ...rgb } = await decodeImage(bytes);
  const image = Jimp.fromBitmap({ width, height, data: opaque({ width, height, ...rgb }) });
  if (Math.max(width, height) > THUMBNAIL_SIDE) {
    image.resize(width >= height ? { w: THUMBNAIL_SIDE } : { h: THUMBNAIL_SIDE });
  }
  return image.getBuffer('image/jpeg', { quality: QUALITY });
}

/** As jimp has pixels: four bytes each. */
function opaque({ width, height, channels, data }: RgbImage): Buffer {
  const rgba = Buffer.alloc(width * height * 4, 255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let c = 0; c < 3; c++) rgba[4 * pixel + c] = data[channels * pixel + c]!;
  }
  return rgba;
}
