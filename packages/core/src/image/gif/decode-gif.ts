import { ByteReader } from '../byte-reader.ts';
import type { RgbImage } from '../rgb-image.ts';
import { readGifHeader } from './gif-file.ts';
import { decodeLzw } from './gif-lzw.ts';

/** First row and step of the passes over an interlaced frame (GIF89a specification, appendix E). */
const INTERLACED_PASSES = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
] as const;

/**
 * Decodes the first frame of a GIF as Pillow's `Image.open(…).convert('RGB')` does: transparent
 * pixels have their palette colour, and around a frame that is smaller than the canvas is the
 * transparent colour, or the palette's first.
 *
 * It takes the place of jimp's own decoder, omggif, which paints what is missing in a file that
 * was cut short with the palette's first colour, blackens transparent pixels, and writes to the
 * console.
 *
 * Memory: the picture at 4 bytes a pixel and the frame at one.
 *
 * @throws ClipError IMAGE_CORRUPT when the file is damaged or cut short.
 */
export function decodeGif(bytes: Uint8Array): RgbImage {
  const header = readGifHeader(bytes);
  const { width, height, frame } = header;
  const reader = new ByteReader(bytes, 'GIF');
  const indices = decodeLzw(reader, header.dataOffset, frame.width * frame.height);
  const colours = packedColours(header.palette);

  const canvas = new Uint32Array(width * height).fill(colours[header.transparent ?? 0]!);
  let source = 0;
  for (const y of rowOrder(frame.height, header.interlaced)) {
    const row = (frame.y + y) * width + frame.x;
    for (let x = 0; x < frame.width; x++) canvas[row + x] = colours[indices[source++]!]!;
  }
  return { width, height, channels: 4, data: new Uint8Array(canvas.buffer) };
}

/** The frame's rows in the order in which the data has them. */
function* rowOrder(height: number, interlaced: boolean): Generator<number> {
  for (const [first, step] of interlaced ? INTERLACED_PASSES : [[0, 1] as const]) {
    for (let y = first; y < height; y += step) yield y;
  }
}

/**
 * 256 colours, each the four bytes of a pixel in this machine's order. Without a palette an index is
 * a grey; so it is with a palette of greys that equal their index, even beyond its end, as in
 * Pillow. Beyond any other palette is black.
 */
function packedColours(palette: Uint8Array | undefined): Uint32Array {
  const bytes = new Uint8Array(256 * 4);
  const greys = palette === undefined || palette.every((value, i) => value === Math.floor(i / 3));
  for (let index = 0; index < 256; index++) {
    for (let channel = 0; channel < 3; channel++) {
      bytes[index * 4 + channel] = greys ? index : (palette[index * 3 + channel] ?? 0);
    }
  }
  return new Uint32Array(bytes.buffer);
}
