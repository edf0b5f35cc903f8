import { deflateSync } from 'node:zlib';
import { crc32 } from '../../crc32.ts';
import { PNG_SIGNATURE } from '../png/png-file.ts';

/** What `writePng` makes a file of. */
export interface PngContent {
  readonly width: number;
  readonly height: number;
  readonly colourType: number;
  readonly bitDepth: number;
  readonly interlaced?: boolean;
  /** A pixel's samples, each of `bitDepth` bits. */
  readonly pixel: (x: number, y: number) => readonly number[];
  /** Chunks between IHDR and IDAT. */
  readonly chunks?: readonly Uint8Array[];
}

/** First column, first row, step right and step down of the passes: Adam7. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Writes a PNG whose rows use the five filters in turn. */
export function writePng(content: PngContent): Uint8Array {
  return pngOf(ihdr(content), ...(content.chunks ?? []), idat(filteredRows(content)));
}

/** A PNG of chunks, ended by IEND. */
export function pngOf(...chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat([PNG_SIGNATURE, ...chunks, pngChunk('IEND', new Uint8Array())]),
  );
}

export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return new Uint8Array(chunk);
}

export function ihdr(
  content: Pick<PngContent, 'width' | 'height' | 'colourType' | 'bitDepth' | 'interlaced'>,
): Uint8Array {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(content.width, 0);
  data.writeUInt32BE(content.height, 4);
  data.set([content.bitDepth, content.colourType, 0, 0, content.interlaced ? 1 : 0], 8);
  return pngChunk('IHDR', data);
}

/** An IDAT chunk of filtered rows. */
export function idat(rows: Uint8Array): Uint8Array {
  return pngChunk('IDAT', deflateSync(rows));
}

/** The rows of all passes, each behind its filter's number. */
export function filteredRows(content: PngContent): Uint8Array {
  const { width, height, bitDepth, pixel } = content;
  const samples = pixel(0, 0).length;
  const back = Math.max(1, (samples * bitDepth) >> 3);
  const rows: Uint8Array[] = [];
  for (const [left, top, right, down] of content.interlaced ? ADAM7 : [[0, 0, 1, 1] as const]) {
    let above: Uint8Array | undefined;
    for (let y = top; y < height && left < width; y += down) {
      const values: number[] = [];
      for (let x = left; x < width; x += right) values.push(...pixel(x, y));
      const row = packed(values, bitDepth);
      rows.push(filtered(row, above ?? new Uint8Array(row.length), back, rows.length % 5));
      above = row;
    }
  }
  return new Uint8Array(Buffer.concat(rows));
}

function packed(values: readonly number[], bits: number): Uint8Array {
  const digits = values.map((value) => value.toString(2).padStart(bits, '0')).join('');
  const bytes = digits.match(/.{1,8}/g) ?? [];
  return Uint8Array.from(bytes, (byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
}

function filtered(row: Uint8Array, above: Uint8Array, back: number, filter: number): Uint8Array {
  const result = new Uint8Array(row.length + 1);
  result[0] = filter;
  row.forEach((value, i) => {
    const left = row[i - back] ?? 0;
    const up = above[i]!;
    const upLeft = above[i - back] ?? 0;
    const prediction = [0, left, up, Math.floor((left + up) / 2), paeth(left, up, upLeft)];
    result[i + 1] = value - prediction[filter]!;
  });
  return result;
}

function paeth(left: number, up: number, upLeft: number): number {
  const estimate = left + up - upLeft;
  const distances = [left, up, upLeft].map((value) => Math.abs(estimate - value));
  return [left, up, upLeft][distances.indexOf(Math.min(...distances))]!;
}
