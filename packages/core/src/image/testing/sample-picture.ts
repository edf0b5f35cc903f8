import { readFileSync } from 'node:fs';
import type { RgbImage } from '../rgb-image.ts';

/** The picture in the files that `make-files.py` made: every pixel differs from every other. */
export function samplePicture(width = 12, height = 7): RgbImage {
  return pictureOf(width, height, (x, y) => [20 * x, 36 * y, 200 + 13 * x - 29 * y]);
}

/** A picture by its pixels; samples are modulo 256. */
export function pictureOf(
  width: number,
  height: number,
  pixel: (x: number, y: number) => readonly [red: number, green: number, blue: number],
): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(pixel(x, y), (y * width + x) * 3);
  }
  return { width, height, channels: 3, data };
}

/** Red, green and blue at a place. */
export function pixelAt({ width, channels, data }: RgbImage, x: number, y: number): number[] {
  const at = (y * width + x) * channels;
  return [...data.subarray(at, at + 3)];
}

/** A file that `make-files.py` made. */
export function sampleFile(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`./files/${name}`, import.meta.url)));
}
