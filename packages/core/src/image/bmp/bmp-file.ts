import { ClipError, grouped } from '../../errors.ts';
import { ByteReader } from '../byte-reader.ts';
import type { PictureHeader } from '../codec.ts';

/** How the rows of a BMP are stored: the numbers are those of the file. */
export const BmpCompression = { none: 0, rle8: 1, rle4: 2, masks: 3, masksAndAlpha: 6 } as const;

/** Sizes of the header behind the file's own: OS/2 1 and 2, Windows 3, its versions 2 to 5. */
export const HEADER_SIZES: readonly number[] = [12, 16, 40, 52, 56, 64, 108, 124];
const OS2_SIZES: readonly number[] = [12, 16, 64];

export interface BmpHeader extends PictureHeader {
  readonly topDown: boolean;
  /** 1, 4, 8, 16, 24 or 32 bits a pixel. */
  readonly bits: number;
  readonly compression: number;
  /** Which bits of a pixel are red, green and blue, where it has 16 or 32. */
  readonly masks: readonly [red: number, green: number, blue: number];
  /** [colours, 4] blue, green, red and a byte of no use; of up to 8 bits alone. */
  readonly palette: Uint8Array;
  /** Offset of the rows. */
  readonly dataOffset: number;
}

const FILE_HEADER = 14;
const MASKS_16 = [0x7c00, 0x3e0, 0x1f] as const;
/** Of 32 bits without masks of their own. */
export const MASKS_32 = [0xff0000, 0xff00, 0xff] as const;

/**
 * Reads a BMP up to its rows (Microsoft, "Bitmap storage"; OS/2's headers as Pillow reads them).
 *
 * @throws ClipError IMAGE_UNSUPPORTED for JPEG or PNG in a BMP, and for masks with gaps;
 *   IMAGE_CORRUPT when it is cut short or holds what BMP does not allow.
 */
export function readBmpHeader(bytes: Uint8Array): BmpHeader {
  const reader = new ByteReader(bytes, 'BMP');
  const headerSize = reader.u32le(FILE_HEADER);
  const short = headerSize === 12;
  const width = short ? reader.u16le(18) : reader.u32le(18) | 0;
  const rows = short ? reader.u16le(20) : reader.u32le(22) | 0;
  const bits = reader.u16le(short ? 24 : 28);
  const compression = headerSize <= 16 ? BmpCompression.none : reader.u32le(30);
  const height = Math.abs(rows);
  if (width <= 0 || height === 0)
    throw reader.corrupt(`its size is ${grouped(width)} × ${grouped(rows)}`);
  checkKind(reader, bits, compression, headerSize);

  const ownMasks = isMasked(compression) || (headerSize >= 52 && !OS2_SIZES.includes(headerSize));
  const masksEnd =
    headerSize === 40 && isMasked(compression)
      ? FILE_HEADER + 40 + (compression === BmpCompression.masks ? 12 : 16)
      : FILE_HEADER + headerSize;
  const masks = masksOf(reader, bits, ownMasks && isMasked(compression));
  const stated = reader.u32le(10);
  const entryBytes = short ? 3 : 4;
  const colours = bits > 8 ? 0 : paletteLength(reader, bits, headerSize);
  const room = stated > masksEnd ? Math.floor((stated - masksEnd) / entryBytes) : colours;
  const entries = Math.min(colours, room);
  return {
    width,
    height,
    decodedPixels: width * height,
    topDown: rows < 0,
    bits,
    compression,
    masks,
    palette: paletteAt(reader, masksEnd, entries, entryBytes),
    dataOffset: stated === 0 ? masksEnd + entries * entryBytes : stated,
  };
}

/** Bytes that a row takes, filled up to whole words. */
export const rowBytes = (width: number, bits: number): number => Math.ceil((width * bits) / 32) * 4;

const isMasked = (compression: number): boolean =>
  compression === BmpCompression.masks || compression === BmpCompression.masksAndAlpha;

function checkKind(reader: ByteReader, bits: number, compression: number, size: number): void {
  const depths: Readonly<Record<number, readonly number[]>> = {
    [BmpCompression.none]: [1, 4, 8, 16, 24, 32],
    [BmpCompression.rle8]: [8],
    [BmpCompression.rle4]: [4],
    // OS/2 has Huffman codes under the number of masks.
    [BmpCompression.masks]: OS2_SIZES.includes(size) ? [] : [16, 24, 32],
    [BmpCompression.masksAndAlpha]: [16, 32],
  };
  const allowed = depths[compression];
  if (allowed === undefined || allowed.length === 0) {
    throw new ClipError(
      'IMAGE_UNSUPPORTED',
      `expected a BMP without compression, with RLE or with colour masks, got kind ${compression}`,
    );
  }
  if (!allowed.includes(bits)) {
    throw reader.corrupt(`compression ${compression} with ${bits} bits a pixel does not exist`);
  }
}

function masksOf(reader: ByteReader, bits: number, own: boolean): BmpHeader['masks'] {
  const usual: BmpHeader['masks'] = bits === 16 ? MASKS_16 : MASKS_32;
  if (!own) return usual;
  const at = FILE_HEADER + 40;
  const masks = [reader.u32le(at), reader.u32le(at + 4), reader.u32le(at + 8)] as const;
  if (masks.every((mask) => mask === 0)) return usual;
  for (const mask of masks) {
    // Without the zeros at its end, a mask without gaps is one less than a power of two.
    const ones = mask / ((mask & -mask) >>> 0);
    if (!Number.isInteger(Math.log2(ones + 1)) || (bits === 24 && !usual.includes(mask))) {
      throw new ClipError(
        'IMAGE_UNSUPPORTED',
        `expected a BMP with colour masks without gaps, got ${mask.toString(16)}`,
      );
    }
  }
  return masks;
}

function paletteLength(reader: ByteReader, bits: number, headerSize: number): number {
  const most = 2 ** bits;
  if (headerSize <= 16) return most;
  const stated = reader.u32le(46);
  return stated === 0 || stated > most ? most : stated;
}

function paletteAt(reader: ByteReader, at: number, entries: number, bytes: number): Uint8Array {
  const palette = new Uint8Array(entries * 4);
  const stored = reader.slice(at, entries * bytes);
  for (let i = 0; i < entries; i++) palette.set(stored.subarray(i * bytes, i * bytes + 3), i * 4);
  return palette;
}
