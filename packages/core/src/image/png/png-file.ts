import { crc32 } from '../../crc32.ts';
import { ClipError, grouped } from '../../errors.ts';
import { ByteReader } from '../byte-reader.ts';
import type { PictureHeader } from '../codec.ts';
import { type PngText, readPngText } from './png-text.ts';

export const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** The colour types of a PNG: the numbers are those of the file. */
export const PngColour = { grey: 0, rgb: 2, palette: 3, greyAlpha: 4, rgba: 6 } as const;

/** Samples of a pixel and the bit depths allowed, by colour type. */
const COLOUR_TYPES: Readonly<Record<number, { samples: number; bitDepths: readonly number[] }>> = {
  [PngColour.grey]: { samples: 1, bitDepths: [1, 2, 4, 8, 16] },
  [PngColour.rgb]: { samples: 3, bitDepths: [8, 16] },
  [PngColour.palette]: { samples: 1, bitDepths: [1, 2, 4, 8] },
  [PngColour.greyAlpha]: { samples: 2, bitDepths: [8, 16] },
  [PngColour.rgba]: { samples: 4, bitDepths: [8, 16] },
};

export interface PngHeader extends PictureHeader {
  readonly colourType: number;
  /** Bits a sample: 1, 2, 4, 8 or 16. */
  readonly bitDepth: number;
  /** Samples a pixel: 1 to 4. */
  readonly samples: number;
  readonly interlaced: boolean;
}

const TEXT_CHUNKS: ReadonlySet<string> = new Set(['tEXt', 'zTXt', 'iTXt']);

/** The parts of a PNG that its picture needs. */
export interface PngFile {
  readonly header: PngHeader;
  /** [256, 3] RGB, black where the file has no entry; only of the palette type. */
  readonly palette: Uint8Array | undefined;
  /** The zlib stream of the filtered rows, in the pieces that the file has. */
  readonly deflated: readonly Uint8Array[];
  /** EXIF data; of several chunks the last, as in Pillow. */
  readonly exif: Uint8Array | undefined;
  /** Texts that may hold EXIF data or XMP. */
  readonly texts: readonly PngText[];
}

/**
 * Reads the IHDR chunk (PNG specification, third edition, 11.2.1).
 *
 * @throws ClipError IMAGE_CORRUPT when it is cut short or holds what PNG does not allow.
 */
export function readPngHeader(bytes: Uint8Array): PngHeader {
  const reader = new ByteReader(bytes, 'PNG');
  if (reader.u32be(8) !== 13 || reader.ascii(12, 4) !== 'IHDR') {
    throw reader.corrupt('expected an IHDR chunk of 13 bytes first');
  }
  const [width, height] = [reader.u32be(16), reader.u32be(20)];
  const [bitDepth, colourType] = [reader.u8(24), reader.u8(25)];
  const [compression, filter, interlace] = [reader.u8(26), reader.u8(27), reader.u8(28)];
  const kind = COLOUR_TYPES[colourType];
  if (width === 0 || height === 0)
    throw reader.corrupt(`its size is ${grouped(width)} × ${grouped(height)}`);
  if (!kind?.bitDepths.includes(bitDepth)) {
    throw reader.corrupt(`colour type ${colourType} with ${bitDepth} bits does not exist`);
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    throw reader.corrupt('its compression, filter or interlace method does not exist');
  }
  return {
    width,
    height,
    decodedPixels: width * height,
    colourType,
    bitDepth,
    samples: kind.samples,
    interlaced: interlace === 1,
  };
}

/**
 * Walks the chunks up to IEND, or as far as the file goes once it has image data: whether all of that
 * is there, decoding shows, also where the last of it is cut short or zeros take the place of the file's end.
 * Nothing is inflated, and tRNS is not needed, as transparency is dropped.
 *
 * @param options.checksums - whether to verify those of the chunks that the picture depends on
 * @throws ClipError IMAGE_CORRUPT when a chunk is cut short, its checksum is wrong or it is missing.
 */
export function readPngFile(bytes: Uint8Array, { checksums = false } = {}): PngFile {
  const header = readPngHeader(bytes);
  const reader = new ByteReader(bytes, 'PNG');
  const deflated: Uint8Array[] = [];
  let palette: Uint8Array | undefined;
  let exif: Uint8Array | undefined;
  const texts: PngText[] = [];

  for (const { type, data } of chunksOf(reader, checksums)) {
    if (type === 'PLTE') palette = paletteOf(data);
    else if (type === 'IDAT') deflated.push(data);
    else if (type === 'eXIf') exif = data;
    else if (TEXT_CHUNKS.has(type)) texts.push(...readPngText(type, data));
  }

  if (deflated.length === 0) throw reader.corrupt('it has no IDAT chunk');
  if (header.colourType === PngColour.palette && palette === undefined) {
    throw reader.corrupt('it has no palette');
  }
  return { header, palette, deflated, exif, texts };
}

/** The chunks up to IEND; behind image data, those that are whole, and image data that is cut short. */
function* chunksOf(
  reader: ByteReader,
  checksums: boolean,
): Generator<{ type: string; data: Uint8Array }> {
  const { bytes } = reader;
  const end = endOfContent(bytes);
  let hasImageData = false;
  for (let at = PNG_SIGNATURE.length, type = ''; type !== 'IEND'; ) {
    if (hasImageData && !isComplete(reader, at)) return;
    const length = reader.u32be(at);
    type = reader.ascii(at + 4, 4);
    hasImageData ||= type === 'IDAT';
    const isCut = type === 'IDAT' && at + 12 + length > end;
    if (!isCut) reader.expect(at, 12 + length);
    if (!isCut && checksums) expectChecksum(reader, at);
    yield { type, data: bytes.subarray(at + 8, at + 8 + length) };
    at += 12 + length;
  }
}

/** Where a file ends: zeros that a disk or a network left belong to no chunk. */
function endOfContent(bytes: Uint8Array): number {
  let end = bytes.length;
  while (bytes[end - 1] === 0) end--;
  return end;
}

/** Whether a chunk is all there, or is image data, which then is cut short. */
function isComplete(reader: ByteReader, at: number): boolean {
  if (at + 8 > reader.length) return false;
  const type = reader.ascii(at + 4, 4);
  if (!/^[a-z]{4}$/i.test(type)) return false;
  return type === 'IDAT' || at + 12 + reader.u32be(at) <= reader.length;
}

/** Checks a chunk that the picture depends on. */
function expectChecksum(reader: ByteReader, at: number): void {
  const type = reader.ascii(at + 4, 4);
  // Bit 5 of the first letter, its upper case, says so; IEND holds nothing.
  const isNeeded = (type.charCodeAt(0) & 0x20) === 0 && type !== 'IEND';
  const length = reader.u32be(at);
  if (!isNeeded || crc32(reader.slice(at + 4, 4 + length)) === reader.u32be(at + 8 + length))
    return;
  throw reader.corrupt(`the checksum of the ${type} chunk at offset ${grouped(at)} is wrong`);
}

function paletteOf(data: Uint8Array): Uint8Array {
  if (data.length > 768 || data.length % 3 !== 0) {
    throw new ClipError(
      'IMAGE_CORRUPT',
      `the PNG file is damaged: expected a palette of up to 256 RGB entries, got ${grouped(data.length)} bytes`,
    );
  }
  const palette = new Uint8Array(768);
  palette.set(data);
  return palette;
}
