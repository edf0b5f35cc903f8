import { buffer } from 'node:stream/consumers';
import type { RgbImage } from '@clipql/core';
import { GifEncoder } from '@skyra/gifenc';

const FRAME_MS = 120;
/** The last frame stays a little. */
const LAST_MS = 2000;

/** An animated GIF that repeats for ever. @param frames of 3 channels and the same size, at least one. */
export async function encodeGif(frames: AsyncIterable<RgbImage>): Promise<Buffer> {
  let encoder: GifEncoder | undefined;
  let bytes: Promise<Buffer> | undefined;
  let waiting: RgbImage | undefined;
  for await (const frame of frames) {
    if (encoder === undefined) {
      encoder = new GifEncoder(frame.width, frame.height).setRepeat(0).setDelay(FRAME_MS);
      bytes = buffer(encoder.createReadStream());
      encoder.start();
    }
    if (waiting !== undefined) encoder.addFrame(withAlpha(waiting));
    waiting = frame;
  }
  encoder!.setDelay(LAST_MS).addFrame(withAlpha(waiting!));
  encoder!.finish();
  return bytes!;
}

function withAlpha({ width, height, data }: RgbImage): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set(data.subarray(3 * i, 3 * i + 3), 4 * i);
  return rgba;
}
