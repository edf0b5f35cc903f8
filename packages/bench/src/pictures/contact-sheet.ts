import { preprocessImage, type RgbImage } from '@clipql/core';
import { jpegCodec } from '../kit/jpeg/jpeg-codec.ts';

const COLUMNS = 5;
const SIDE = 192;
const GAP = 6;
const CHANNELS = 3;

/** Pictures side by side, in their order, as one JPEG. */
export async function contactSheet(pictures: readonly RgbImage[]): Promise<Uint8Array> {
  const columns = Math.min(COLUMNS, pictures.length);
  const rows = Math.ceil(pictures.length / columns);
  const width = columns * (SIDE + GAP) - GAP;
  const height = rows * (SIDE + GAP) - GAP;
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (const [i, picture] of pictures.entries()) {
    const planes = resized(picture);
    const corner = Math.floor(i / columns) * (SIDE + GAP) * width + (i % columns) * (SIDE + GAP);
    for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
      const at = 4 * (corner + Math.floor(pixel / SIDE) * width + (pixel % SIDE));
      for (let channel = 0; channel < CHANNELS; channel++) {
        data[at + channel] = planes[channel * SIDE * SIDE + pixel]!;
      }
    }
  }
  return (await jpegCodec()).encode({ width, height, data });
}

/** [3, SIDE, SIDE], 0 to 255. */
const resized = (picture: RgbImage): Float32Array =>
  preprocessImage(picture, {
    resize: { shortestEdge: SIDE },
    filter: 'bicubic',
    crop: SIDE,
    fill: [0, 0, 0],
    rescaleFactor: 1,
    mean: [0, 0, 0],
    std: [1, 1, 1],
  }).data;
