import { PngColour, type PngHeader } from './png-file.ts';

/** Where the pixels of a row go. */
interface Target {
  /** [height, width, 4] */
  readonly pixels: Uint8Array;
  /** Offset of the first pixel. */
  readonly at: number;
  /** Bytes from one pixel to the next: more than 4 in an interlaced pass. */
  readonly step: number;
}

/**
 * Writes a row of samples as RGB; the fourth byte is left as it is. Of 16-bit samples it takes the
 * high byte, grey of fewer bits it spreads over 0 to 255, alpha it drops.
 *
 * @param palette - [256, 3]
 * @param row - one byte that is not looked at, then the samples, the first in the high bits
 * @param count - pixels in the row
 */
export function expandRow(
  header: PngHeader,
  palette: Uint8Array,
  row: Uint8Array,
  count: number,
  target: Target,
): void {
  const { colourType, bitDepth, samples } = header;
  if (colourType === PngColour.rgb || colourType === PngColour.rgba) {
    expandColour(row, count, samples, bitDepth >> 3, target);
  } else if (bitDepth >= 8) {
    const table = colourType === PngColour.palette ? palette : greyTable(8);
    expandBytes(row, count, (samples * bitDepth) >> 3, table, target);
  } else {
    const table = colourType === PngColour.palette ? palette : greyTable(bitDepth);
    expandBits(row, count, bitDepth, table, target);
  }
}

function expandColour(
  row: Uint8Array,
  count: number,
  samples: number,
  bytes: number,
  { pixels, at, step }: Target,
): void {
  const stride = samples * bytes;
  for (let i = 1, end = 1 + count * stride; i < end; i += stride, at += step) {
    pixels[at] = row[i]!;
    pixels[at + 1] = row[i + bytes]!;
    pixels[at + 2] = row[i + 2 * bytes]!;
  }
}

function expandBytes(
  row: Uint8Array,
  count: number,
  stride: number,
  table: Uint8Array,
  { pixels, at, step }: Target,
): void {
  for (let i = 1, end = 1 + count * stride; i < end; i += stride, at += step) {
    const entry = row[i]! * 3;
    pixels[at] = table[entry]!;
    pixels[at + 1] = table[entry + 1]!;
    pixels[at + 2] = table[entry + 2]!;
  }
}

function expandBits(
  row: Uint8Array,
  count: number,
  bitDepth: number,
  table: Uint8Array,
  { pixels, at, step }: Target,
): void {
  const mask = (1 << bitDepth) - 1;
  for (let i = 0, bit = 8; i < count; i++, bit += bitDepth, at += step) {
    const entry = ((row[bit >> 3]! >> (8 - bitDepth - (bit & 7))) & mask) * 3;
    pixels[at] = table[entry]!;
    pixels[at + 1] = table[entry + 1]!;
    pixels[at + 2] = table[entry + 2]!;
  }
}

const GREY_TABLES = new Map<number, Uint8Array>();

/** [2^bits, 3]: every grey of so many bits as RGB. */
function greyTable(bits: number): Uint8Array {
  let table = GREY_TABLES.get(bits);
  if (table === undefined) {
    const levels = 1 << bits;
    table = Uint8Array.from({ length: levels * 3 }, (_, i) =>
      Math.round((Math.floor(i / 3) * 255) / (levels - 1)),
    );
    GREY_TABLES.set(bits, table);
  }
  return table;
}
