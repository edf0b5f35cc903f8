import { ClipError, grouped } from '../../errors.ts';
import { ByteReader } from '../byte-reader.ts';
import type { PictureHeader } from '../codec.ts';
import { concatenated } from '../concatenated.ts';
import { type Orientation, orientationOf } from '../exif-orientation.ts';
import { startsWith } from '../signature.ts';

export interface JpegHeader extends PictureHeader {
  /** 1 grey, 3 YCbCr or RGB, 4 CMYK or YCCK. */
  readonly components: 1 | 3 | 4;
  readonly isProgressive: boolean;
  /** How many samples of each component there are in the time that the fewest have one. */
  readonly factors: readonly { readonly horizontal: number; readonly vertical: number }[];
  /** Offset of the transform's number in Adobe's marker segment: 0 CMYK, 2 YCCK. */
  readonly transformOffset: number | undefined;
}

/** A JPEG as its decoder gets it. */
export interface JpegFile {
  readonly header: JpegHeader;
  /**
   * The same picture without EXIF, XMP, profiles and comments, ending at its EOI marker: the
   * orientation is ours to apply, and decoders have less to trip over.
   */
  readonly bytes: Uint8Array;
  readonly orientation: Orientation;
  /** Whether the file has its EOI marker. Where it has none, its only scan may be cut short. */
  readonly isEnded: boolean;
}

/** Markers (ITU-T T.81, table B.1), without the 0xff before them. */
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP14 = 0xee;
const APP15 = 0xef;
const COM = 0xfe;

/** Adobe's marker segment, of a picture without transform: CMYK. */
const ADOBE_CMYK = Uint8Array.from(
  [...'\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0'].map((byte) => byte.charCodeAt(0)),
);

/**
 * Each scan of a progressive file costs a pass over the whole picture, so a small file of many scans
 * is a denial of service. Encoders write about ten.
 */
const MAX_SCANS = 100;

/** A marker and its parameters: `at` is the 0xff before it, `end` the byte after the parameters. */
interface Segment {
  readonly marker: number;
  readonly at: number;
  readonly end: number;
}

/**
 * Reads the frame header, SOFn (ITU-T T.81, B.2.2).
 *
 * @throws ClipError IMAGE_UNSUPPORTED for lossless, hierarchical, arithmetic-coded and 12-bit files
 *   and those of two components; IMAGE_CORRUPT when it is cut short or there is not exactly one.
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  const reader = new ByteReader(bytes, 'JPEG');
  let frame: Omit<JpegHeader, 'transformOffset'> | undefined;
  let transformOffset: number | undefined;
  for (const { marker, at, end } of headerSegments(reader)) {
    if (marker === APP14 && startsWith(bytes, 'Adobe', at + 4) && end - at >= 16) {
      transformOffset = at + 15;
    }
    if (!isFrameHeader(marker)) continue;
    if (frame !== undefined) throw reader.corrupt('it has two frame headers');
    frame = frameHeader(reader, marker, at);
  }
  if (frame === undefined) throw reader.corrupt('its first scan comes before any frame header');
  return { ...frame, transformOffset };
}

/**
 * Checks that the file is whole, as libjpeg does not (it paints what is missing grey), and takes
 * out what decoding does not need.
 *
 * @throws ClipError as `readJpegHeader`, and IMAGE_CORRUPT when it ends before its EOI marker.
 */
export function readJpegFile(bytes: Uint8Array): JpegFile {
  const header = readJpegHeader(bytes);
  const reader = new ByteReader(bytes, 'JPEG');
  const kept: Uint8Array[] = [bytes.subarray(0, 2)];
  const exif: Uint8Array[] = [];
  let xmp: Uint8Array | undefined;
  let scans = 2;
  for (const { marker, at, end } of headerSegments(reader)) {
    if (marker === APP1) {
      const data = bytes.subarray(at + 4, end);
      // EXIF data that a segment is too short for goes on in the next, behind the same name; of XMP the
      // last packet counts, as in Pillow.
      if (startsWith(data, 'Exif\0\0')) exif.push(data.subarray(6));
      else if (startsWith(data, 'http://ns.adobe.com/xap/1.0/\0')) xmp = data;
    } else if (decodes(marker)) {
      kept.push(bytes.subarray(at, end));
    }
    scans = end;
  }
  // Without Adobe's marker, CMYK is stored as with it, which decoders ask for.
  if (header.components === 4 && header.transformOffset === undefined) kept.push(ADOBE_CMYK);
  const { end, isEnded } = endOfScans(reader, scans, header);
  kept.push(bytes.subarray(scans, end));
  if (!isEnded) kept.push(Uint8Array.of(0xff, EOI));
  return {
    header,
    bytes: concatenated(kept),
    orientation: orientationOf({ exif: concatenated(exif), xmp }),
    isEnded,
  };
}

/** The segments between SOI and the first SOS, which is not among them. */
export function* headerSegments(reader: ByteReader): Generator<Segment> {
  for (let at = 2; ; ) {
    at = nextMarker(reader, at);
    const marker = reader.u8(at + 1);
    if (marker === SOS) return;
    if (marker === EOI) throw reader.corrupt('it has no scan');
    const end = segmentEnd(reader, at);
    yield { marker, at, end };
    at = end;
  }
}

/** The first marker from `at` on, over fill bytes, stray bytes and restart markers. */
export function nextMarker(reader: ByteReader, at: number): number {
  const found = findMarker(reader, at);
  if (found !== undefined) return found;
  throw new ClipError(
    'IMAGE_CORRUPT',
    'the JPEG file is cut short: it ends before an EOI marker (0xffd9)',
  );
}

function findMarker({ bytes }: ByteReader, at: number): number | undefined {
  for (let i = at; i + 1 < bytes.length; i++) {
    if (bytes[i] !== 0xff) continue;
    const next = bytes[i + 1]!;
    const standsAlone = next <= 0x01 || next === 0xff || (next >= 0xd0 && next <= 0xd8);
    if (!standsAlone) return i;
  }
  return undefined;
}

function segmentEnd(reader: ByteReader, at: number): number {
  const length = reader.u16be(at + 2);
  if (length < 2) throw reader.corrupt(`a segment at offset ${grouped(at)} has length ${length}`);
  reader.expect(at + 2, length);
  return at + 2 + length;
}

/**
 * Walks the scans and what stands between them, to the byte after EOI. In entropy-coded data 0xff
 * is followed by 0x00 or a restart marker, so anything else ends it (ITU-T T.81, B.1.1.5). A file
 * whose scan has all components may end without the marker.
 */
function endOfScans(
  reader: ByteReader,
  start: number,
  { components, isProgressive }: JpegHeader,
): { end: number; isEnded: boolean } {
  let scans = 0;
  let isOnlyScan = false;
  for (let at = start; ; ) {
    const found: number | undefined = isOnlyScan ? findMarker(reader, at) : nextMarker(reader, at);
    if (found === undefined) return { end: reader.length, isEnded: false };
    const marker = reader.u8(found + 1);
    if (marker === EOI) return { end: found + 2, isEnded: true };
    if (isFrameHeader(marker)) throw reader.corrupt('it has two frame headers');
    if (marker === SOS && ++scans > MAX_SCANS) {
      throw reader.corrupt(`expected at most ${MAX_SCANS} scans`);
    }
    isOnlyScan = marker === SOS && !isProgressive && reader.u8(found + 4) === components;
    at = segmentEnd(reader, found);
  }
}

function frameHeader(
  reader: ByteReader,
  marker: number,
  at: number,
): Omit<JpegHeader, 'transformOffset'> {
  const kind = marker - 0xc0;
  const precision = reader.u8(at + 4);
  const height = reader.u16be(at + 5);
  const width = reader.u16be(at + 7);
  const components = reader.u8(at + 9);
  // SOF0 to SOF2: baseline, extended and progressive, Huffman-coded.
  if (kind > 2 || precision !== 8) {
    throw new ClipError(
      'IMAGE_UNSUPPORTED',
      'expected a baseline or progressive JPEG, Huffman-coded, of 8 bits, ' +
        `got SOF${kind} of ${precision} bits`,
    );
  }
  if (width === 0 || height === 0)
    throw reader.corrupt(`its size is ${grouped(width)} × ${grouped(height)}`);
  if (components !== 1 && components !== 3 && components !== 4) {
    throw new ClipError(
      'IMAGE_UNSUPPORTED',
      `expected a JPEG of 1, 3 or 4 components, got ${components}`,
    );
  }
  return {
    width,
    height,
    decodedPixels: width * height,
    components,
    isProgressive: kind === 2,
    factors: Array.from({ length: components }, (_, i) => {
      const factor = reader.u8(at + 11 + 3 * i);
      return { horizontal: factor >> 4, vertical: factor & 15 };
    }),
  };
}

/** SOF0 to SOF15, without DHT (0xc4), JPG (0xc8) and DAC (0xcc), which share their range. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** Whether a decoder needs the segment: of the APPn only JFIF's and Adobe's say what colours are. */
function decodes(marker: number): boolean {
  if (marker === COM) return false;
  return marker < APP0 || marker > APP15 || marker === APP0 || marker === APP14;
}
