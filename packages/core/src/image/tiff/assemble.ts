import { cmykToRgb } from '../cmyk.ts';
import type { RgbImage } from '../rgb-image.ts';
import { Photometric, type TiffHeader } from './tiff-file.ts';

/**
 * Puts tiles that stand one below the other in their places, and planes beside each other, and makes
 * RGB of CMYK and of premultiplied colours.
 */
export function assemble(stack: RgbImage, header: TiffHeader): RgbImage {
  const { width, height, tiles, samples } = header;
  const planes = samples.planar ? samples.needed : 1;
  const isInPlace = planes === 1 && tiles.width === width;
  const data = isInPlace ? stack.data.subarray(0, width * height * 4) : inPlace(stack, header);
  if (samples.photometric === Photometric.cmyk) cmykToRgb(data);
  if (samples.premultiplied) divideByAlpha(data);
  return { width, height, channels: 4, data };
}

function inPlace(stack: RgbImage, { width, height, tiles, samples }: TiffHeader): Uint8Array {
  const data = new Uint8Array(width * height * 4);
  const put = samples.planar && samples.needed > 1 ? putPlane : putPixels;
  const perPlane = tiles.across * tiles.down;
  for (let tile = 0; tile < perPlane * tiles.planes; tile++) {
    const plane = Math.floor(tile / perPlane);
    const left = (tile % tiles.across) * tiles.width;
    const top = Math.floor((tile % perPlane) / tiles.across) * tiles.height;
    const rowBytes = Math.min(tiles.width, width - left) * 4;
    for (let y = 0; y < Math.min(tiles.height, height - top); y++) {
      const from = (tile * tiles.height + y) * tiles.width * 4;
      const row = stack.data.subarray(from, from + rowBytes);
      put(row, data, ((top + y) * width + left) * 4, plane);
    }
  }
  return data;
}

function putPixels(row: Uint8Array, data: Uint8Array, at: number): void {
  data.set(row, at);
}

/** Of a plane, a grey is one sample of the pixel. */
function putPlane(row: Uint8Array, data: Uint8Array, at: number, plane: number): void {
  for (let x = 0; x < row.length; x += 4) data[at + x + plane] = row[x]!;
}

/** Pillow's reading of `RGBa`, in place: where alpha is 0, black. */
function divideByAlpha(data: Uint8Array): void {
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3]!;
    for (let i = at; i < at + 3; i++) {
      data[i] = alpha === 0 ? 0 : Math.min(255, Math.floor((data[i]! * 255) / alpha));
    }
  }
}
