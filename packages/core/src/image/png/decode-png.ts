import { ClipError, grouped } from '../../errors.ts';
import { inflated } from '../inflate.ts';
import type { RgbImage } from '../rgb-image.ts';
import { type PngFile, type PngHeader, readPngFile } from './png-file.ts';
import { unfilterRow } from './png-filter.ts';
import { expandRow } from './png-row.ts';

/** One pass over the picture: where its pixels lie in it. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
}

const WHOLE: readonly Pass[] = [{ x: 0, y: 0, stepX: 1, stepY: 1 }];
/** Adam7 (PNG specification, 8.2). */
const ADAM7: readonly Pass[] = [
  { x: 0, y: 0, stepX: 8, stepY: 8 },
  { x: 4, y: 0, stepX: 8, stepY: 8 },
  { x: 0, y: 4, stepX: 4, stepY: 8 },
  { x: 2, y: 0, stepX: 4, stepY: 4 },
  { x: 0, y: 2, stepX: 2, stepY: 4 },
  { x: 1, y: 0, stepX: 2, stepY: 2 },
  { x: 0, y: 1, stepX: 1, stepY: 2 },
];

/**
 * Decodes a PNG as Pillow's `Image.open(…).convert('RGB')` does: the palette's colours, the colour
 * of transparent pixels as stored, the high byte of 16-bit samples, no gamma and no colour profile.
 * One difference: Pillow clips 16-bit grey to 255, which makes nearly all of it white; here it is
 * the high byte too.
 *
 * It takes the place of jimp's own decoder, pngjs, which on damaged data returns memory that was
 * never written, inflates interlaced files without a limit, and blackens colours named by tRNS.
 *
 * Memory: the picture at 4 bytes a pixel, and two rows.
 *
 * @throws ClipError IMAGE_CORRUPT when the file is damaged or cut short.
 */
export async function decodePng(bytes: Uint8Array): Promise<RgbImage> {
  const file = readPngFile(bytes, { checksums: true });
  const { width, height } = file.header;
  const rows = new PngRows(file);
  try {
    for await (const piece of inflated(file.deflated)) {
      if (rows.push(piece)) break;
    }
  } catch (cause) {
    if (cause instanceof ClipError) throw cause;
    throw new ClipError('IMAGE_CORRUPT', 'the PNG file is damaged: its data does not inflate', {
      cause,
    });
  }
  if (!rows.complete) {
    throw new ClipError(
      'IMAGE_CORRUPT',
      `the PNG file is cut short: its data ends before ${grouped(width)} × ${grouped(height)} pixels are complete`,
    );
  }
  return { width, height, channels: 4, data: rows.pixels };
}

/** Takes the inflated bytes as they come and turns them into pixels, row by row. */
class PngRows {
  /** [height, width, 4] */
  readonly pixels: Uint8Array;
  readonly #header: PngHeader;
  readonly #palette: Uint8Array;
  readonly #passes: readonly Pass[];
  /** Bytes from a sample to the same sample of the pixel before, at least 1. */
  readonly #back: number;
  #pass = 0;
  /** The row of the picture that is being filled. */
  #y = 0;
  /** Pixels of a row of this pass. */
  #rowPixels = 0;
  /** The row being filled, its filter's number first; and the row before it. */
  #row = new Uint8Array(0);
  #above = new Uint8Array(0);
  #filled = 0;

  constructor({ header, palette }: PngFile) {
    this.#header = header;
    this.#palette = palette ?? new Uint8Array(768);
    this.#passes = header.interlaced ? ADAM7 : WHOLE;
    this.#back = Math.max(1, (header.samples * header.bitDepth) >> 3);
    this.pixels = new Uint8Array(header.width * header.height * 4);
    this.#enter(0);
  }

  get complete(): boolean {
    return this.#pass === this.#passes.length;
  }

  /** Takes the next bytes; true once the picture is complete. */
  push(piece: Uint8Array): boolean {
    for (let at = 0; at < piece.length && !this.complete; ) {
      const count = Math.min(piece.length - at, this.#row.length - this.#filled);
      this.#row.set(piece.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
      if (this.#filled === this.#row.length) this.#finishRow();
    }
    return this.complete;
  }

  /** Goes to the first pass from `index` on that has pixels: a small picture lacks some. */
  #enter(index: number): void {
    const { width, height, samples, bitDepth } = this.#header;
    for (this.#pass = index; this.#pass < this.#passes.length; this.#pass++) {
      const pass = this.#passes[this.#pass]!;
      if (pass.x >= width || pass.y >= height) continue;
      this.#y = pass.y;
      this.#rowPixels = Math.ceil((width - pass.x) / pass.stepX);
      const rowBytes = 1 + Math.ceil((this.#rowPixels * samples * bitDepth) / 8);
      this.#row = new Uint8Array(rowBytes);
      this.#above = new Uint8Array(rowBytes);
      this.#filled = 0;
      return;
    }
  }

  #finishRow(): void {
    const { width, height } = this.#header;
    const pass = this.#passes[this.#pass]!;
    unfilterRow(this.#row, this.#above, this.#back);
    expandRow(this.#header, this.#palette, this.#row, this.#rowPixels, {
      pixels: this.pixels,
      at: (this.#y * width + pass.x) * 4,
      step: pass.stepX * 4,
    });
    [this.#row, this.#above] = [this.#above, this.#row];
    this.#filled = 0;
    this.#y += pass.stepY;
    if (this.#y >= height) this.#enter(this.#pass + 1);
  }
}
