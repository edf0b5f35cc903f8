import { inflated } from '../inflate.ts';
import { StringTable } from '../lzw-table.ts';
import { Compression } from './tiff-file.ts';

/** Unpacks until `into` is full or the data ends, and says how many bytes it filled. */
type Unpack = (packed: Uint8Array, into: Uint8Array) => number | Promise<number>;

/**
 * How the bytes of a tile are unpacked: never further than its samples need, so that a bomb costs
 * nothing. jimp's plug-in would inflate without a limit, and never come back from some LZW data.
 */
export const UNPACK: Readonly<Record<number, Unpack>> = {
  [Compression.none]: copy,
  [Compression.packBits]: unpackBits,
  [Compression.lzw]: unpackLzw,
  [Compression.deflate]: inflate,
  [Compression.oldDeflate]: inflate,
};

function copy(packed: Uint8Array, into: Uint8Array): number {
  const length = Math.min(packed.length, into.length);
  into.set(packed.subarray(0, length));
  return length;
}

/** PackBits (TIFF 6.0, section 9): n + 1 bytes as they are, or one byte 1 − n times. */
function unpackBits(packed: Uint8Array, into: Uint8Array): number {
  let filled = 0;
  for (let at = 0; at < packed.length && filled < into.length; ) {
    const n = (packed[at++]! << 24) >> 24;
    const room = into.length - filled;
    if (n >= 0) {
      const bytes = packed.subarray(at, at + Math.min(n + 1, room));
      into.set(bytes, filled);
      filled += bytes.length;
      at += n + 1;
    } else if (n > -128 && at < packed.length) {
      const length = Math.min(1 - n, room);
      into.fill(packed[at++]!, filled, filled + length);
      filled += length;
    }
  }
  return filled;
}

/** LZW (TIFF 6.0, section 13): codes of 9 to 12 bits, the highest first. */
function unpackLzw(packed: Uint8Array, into: Uint8Array): number {
  const table = new StringTable(8, 1);
  let [filled, at, buffer, bits] = [0, 0, 0, 0];
  while (filled < into.length) {
    while (bits < table.bits) {
      if (at === packed.length) return filled;
      buffer = ((buffer << 8) | packed[at++]!) & 0xff_ffff;
      bits += 8;
    }
    bits -= table.bits;
    const code = (buffer >>> bits) & ((1 << table.bits) - 1);
    if (code === table.clearCode) table.clear();
    else if (table.take(code)) filled += table.write(code, into, filled);
    else return filled;
  }
  return into.length;
}

async function inflate(packed: Uint8Array, into: Uint8Array): Promise<number> {
  let filled = 0;
  for await (const piece of inflated([packed])) {
    filled += copy(piece, into.subarray(filled));
    if (filled === into.length) break;
  }
  return filled;
}
