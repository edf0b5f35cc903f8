/** The script of a thread that makes thumbnails: a file in, a JPEG out. */
import { parentPort, workerData } from 'node:worker_threads';
import { decodeImage, type RgbImage } from '@clipql/core';
import { createJimp } from '@jimp/core';
import jpeg from '@jimp/js-jpeg';
import { methods as resize } from '@jimp/plugin-resize';
import { giveWay, NICENESS } from '../../threads/give-way.ts';
import { THUMBNAIL_SIDE, type ThumbnailReply } from './make-thumbnail.ts';

const Jimp = createJimp({ formats: [jpeg], plugins: [resize] });
const QUALITY = 80;
if (workerData.isBackground) giveWay(NICENESS.background);

parentPort!.on('message', async (bytes: Uint8Array) => {
  const reply: ThumbnailReply = await thumbnail(bytes).catch(() => undefined);
  parentPort!.postMessage(reply);
});

async function thumbnail(bytes: Uint8Array): Promise<Uint8Array> {
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
