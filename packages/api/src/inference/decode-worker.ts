/** The script of a thread that decodes images: one message in, one out. */
import { parentPort, workerData } from 'node:worker_threads';
import { ClipError, decodeImage, preprocessImage } from '@clipql/core/image';
import { giveWay, NICENESS } from '../threads/give-way.ts';
import type { DecodeReply, DecodeSettings } from './decode-thread.ts';
import type { DecodedImage } from './decoded-image.ts';

giveWay(NICENESS.work);

const ALONE_BYTES = 1 << 16;

const { preprocessing, maxPixels } = workerData as DecodeSettings;

parentPort!.on('message', async (bytes: Uint8Array) => {
  parentPort!.postMessage({ begun: true } satisfies DecodeReply);
  try {
    const image = await decode(bytes);
    const reply: DecodeReply = { image };
    parentPort!.postMessage(reply, [image.pixels.data.buffer as ArrayBuffer]);
  } catch (error) {
    parentPort!.postMessage(failure(error));
  }
});

async function decode(bytes: Uint8Array): Promise<DecodedImage> {
  const start = performance.now();
  const rgb = await decodeImage(bytes, { maxPixels });
  const decoded = performance.now();
  const pixels = preprocessImage(rgb, preprocessing);
  free(rgb.data);
  return {
    width: rgb.width,
    height: rgb.height,
    pixels,
    decode: decoded - start,
    preprocess: performance.now() - decoded,
  };
}

/** Now: left to the garbage collector, a picture's megabytes stay for as long as it sees no need. */
function free({ buffer, byteLength }: Uint8Array): void {
  // Small buffers may share their memory with others.
  const isAlone = byteLength === buffer.byteLength && byteLength >= ALONE_BYTES;
  if (isAlone && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

function failure(error: unknown): DecodeReply {
  if (error instanceof ClipError) return { code: error.code, message: error.message };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: undefined, message };
}
