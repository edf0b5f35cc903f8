import { ByteReader } from '../byte-reader.ts';
import { BmpCompression, type BmpHeader, MASKS_32, readBmpHeader, rowBytes } from './bmp-file.ts';
import { nibble, unpackRle } from './bmp-rle.ts';

const HEADER_BYTES = 54;

/**
 * The same picture as a BMP that jimp's plug-in decodes as Pillow does: Windows' header of 40 bytes,
 * and rows without compression of 1, 8, 24 or 32 bits a pixel. The plug-in passes over the offset of
 * the rows and OS/2's headers, ends at the first row of an odd number of 4-bit pixels, puts pixels of
 * run-length encoding in wrong places, and makes 31 of 5 bits 248 in place of 255.
 *
 * @throws ClipError as `readBmpHeader`, and IMAGE_CORRUPT when rows are missing.
 */
export function plainBmp(bytes: Uint8Array): Uint8Array {
  const header = readBmpHeader(bytes);
  const reader = new ByteReader(bytes, 'BMP');
  const { width, height, bits, compression } = header;
  const indexed = bits === 4 || compression === BmpCompression.rle8;
  const masked = bits === 16 || (bits === 32 && header.masks.join() !== MASKS_32.join());
  const plainBits = indexed ? 8 : masked ? 24 : bits;

  const palette = new Uint8Array(plainBits > 8 ? 0 : 4 * 2 ** plainBits);
  palette.set(paletteWithGreys(header).subarray(0, palette.length));
  const dataOffset = HEADER_BYTES + palette.length;
  const stride = rowBytes(width, plainBits);
  const file = new Uint8Array(dataOffset + stride * height);
  writeHeader(file, header, plainBits, dataOffset);
  file.set(palette, HEADER_BYTES);

  const rows = file.subarray(dataOffset);
  if (compression === BmpCompression.rle8 || compression === BmpCompression.rle4) {
    unpackRle(reader, header.dataOffset, header, rows);
    return file;
  }
  const storedStride = rowBytes(width, bits);
  const storedRow = Math.ceil((width * bits) / 8);
  // Some files lack what fills up the last row.
  reader.expect(header.dataOffset, storedStride * (height - 1) + storedRow);
  for (let y = 0; y < height; y++) {
    const stored = reader.slice(header.dataOffset + y * storedStride, storedRow);
    const row = rows.subarray(y * stride, (y + 1) * stride);
    if (bits === 4) for (let x = 0; x < width; x++) row[x] = nibble(stored[x >> 1]!, x);
    else if (masked) unmask(stored, header, row);
    else row.set(stored);
  }
  return file;
}

/**
 * Behind a palette of greys that equal their index, the others do too, as in Pillow; behind any
 * other is black.
 */
function paletteWithGreys({ palette }: BmpHeader): Uint8Array {
  const all = new Uint8Array(256 * 4);
  all.set(palette);
  const entries = palette.length / 4;
  for (let i = 0; i < entries; i++) {
    if (palette.subarray(i * 4, i * 4 + 3).some((value) => value !== i)) return all;
  }
  for (let i = entries; i < 256; i++) all.fill(i, i * 4, i * 4 + 3);
  return all;
}

/** Blue, green and red of pixels whose masks say which bits they are, each brought to 255. */
function unmask(stored: Uint8Array, { bits, masks }: BmpHeader, row: Uint8Array): void {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  const shifts = masks.map((mask) => 31 - Math.clz32(mask & -mask)).reverse();
  const most = masks.map((mask, i) => mask >>> shifts[2 - i]!).reverse();
  const step = bits / 8;
  for (let at = 0, to = 0; at < stored.length; at += step, to += 3) {
    const pixel = bits === 16 ? view.getUint16(at, true) : view.getUint32(at, true);
    for (let i = 0; i < 3; i++) {
      row[to + i] = Math.floor((((pixel >>> shifts[i]!) & most[i]!) * 255) / most[i]!);
    }
  }
}

function writeHeader(file: Uint8Array, header: BmpHeader, bits: number, offset: number): void {
  const view = new DataView(file.buffer);
  file.set([0x42, 0x4d]);
  view.setUint32(2, file.length, true);
  view.setUint32(10, offset, true);
  view.setUint32(14, HEADER_BYTES - 14, true);
  view.setInt32(18, header.width, true);
  view.setInt32(22, header.topDown ? -header.height : header.height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, bits, true);
}
