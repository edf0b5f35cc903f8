import type { JpegCodec } from './jpeg-codec.ts';

/** Smooth colours with some grain, which compress about as photographs do. */
export function jpegFile(codec: JpegCodec, width: number, height: number): Promise<Uint8Array> {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x);
      const grain = (Math.imul(at, 0x9e3779b9) >>> 28) - 8;
      data[at] = 128 + 100 * Math.sin(x / 97) + grain;
      data[at + 1] = 128 + 100 * Math.sin(y / 61) + grain;
      data[at + 2] = 128 + 100 * Math.sin((x + y) / 143) + grain;
      data[at + 3] = 255;
    }
  }
  return codec.encode({ width, height, data });
}
