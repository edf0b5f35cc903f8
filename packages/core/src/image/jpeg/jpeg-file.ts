import { ClipError } from '../../errors.ts';
import { ByteReader } from '../byte-reader.ts';
import { type PictureHeader, startsWith } from '../codec.ts';
import { type Orientation, orientationOf } from '../exif-orientation.ts';

export interface JpegHeader extends PictureHeader {
  /** 1 grey, 3 YCbCr or RGB, 4 CMYK or YCCK. */
  readonly components: 1 | 3 | 4;
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
}

/** Markers (ITU-T T.81, table B.1), without the 0xff before them. */
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP14 = 0xee;
const APP15 = 0xef;
const COM = 0xfe;

/**
 * Each scan of a progressive file costs a pass over the whole picture, so a small file of many scans
 * is a denial of service. Encoders write about ten.
 */
const MAX_SCANS = 100;

/**
 * How many pixels one of CMYK counts for: its decoder, jpeg-js, takes 60 bytes for each, the others
 * 10 to 20.
 */
const CMYK_COST = 2;

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
  let header: JpegHeader | undefined;
  for (const { marker, at } of headerSegments(reader)) {
    if (!isFrameHeader(marker)) continue;
    if (header !== undefined) throw reader.corrupt('it has two frame headers');
    header = frameHeader(reader, marker, at);
  }
  if (header === undefined) throw reader.corrupt('its first scan comes before any frame header');
  return header;
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
  let exif: Uint8Array | undefined;
  let xmp: Uint8Array | undefined;
  let scans = 2;
  for (const { marker, at, end } of headerSegments(reader)) {
    if (marker === APP1) {
      const data = bytes.subarray(at + 4, end);
      if (startsWith(data, 'Exif\0\0')) exif ??= data;
      else if (startsWith(data, 'http://ns.adobe.com/xap/1.0/\0')) xmp ??= data;
    } else if (decodes(marker)) {
      kept.push(bytes.subarray(at, end));
    }
    scans = end;
  }
  kept.push(bytes.subarray(scans, endOfScans(reader, scans)));
  return { header, bytes: concatenated(kept), orientation: orientationOf({ exif, xmp }) };
}

/** The segments between SOI and the first SOS, which is not among them. */
function* headerSegments(reader: ByteReader): Generator<Segment> {
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
function nextMarker(reader: ByteReader, at: number): number {
  const { bytes } = reader;
  for (let i = at; i + 1 < bytes.length; i++) {
    if (bytes[i] !== 0xff) continue;
    const next = bytes[i + 1]!;
    const standsAlone = next <= 0x01 || next === 0xff || (next >= 0xd0 && next <= 0xd8);
    if (!standsAlone) return i;
  }
  throw new ClipError(
    'IMAGE_CORRUPT',
    'the JPEG file is cut short: it ends before an EOI marker (0xffd9)',
  );
}

function segmentEnd(reader: ByteReader, at: number): number {
  const length = reader.u16be(at + 2);
  if (length < 2) throw reader.corrupt(`a segment at offset ${at} has length ${length}`);
  reader.expect(at + 2, length);
  return at + 2 + length;
}

/**
 * Walks the scans and what stands between them, to the byte after EOI. In entropy-coded data 0xff
 * is followed by 0x00 or a restart marker, so anything else ends it (ITU-T T.81, B.1.1.5).
 */
function endOfScans(reader: ByteReader, start: number): number {
  let scans = 0;
  for (let at = start; ; ) {
    at = nextMarker(reader, at);
    const marker = reader.u8(at + 1);
    if (marker === EOI) return at + 2;
    if (isFrameHeader(marker)) throw reader.corrupt('it has two frame headers');
    if (marker === SOS && ++scans > MAX_SCANS) {
      throw reader.corrupt(`expected at most ${MAX_SCANS} scans`);
    }
    at = segmentEnd(reader, at);
  }
}

function frameHeader(reader: ByteReader, marker: number, at: number): JpegHeader {
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
  if (width === 0 || height === 0) throw reader.corrupt(`its size is ${width} × ${height}`);
  if (components !== 1 && components !== 3 && components !== 4) {
    throw new ClipError(
      'IMAGE_UNSUPPORTED',
      `expected a JPEG of 1, 3 or 4 components, got ${components}`,
    );
  }
  const cost = components === 4 ? CMYK_COST : 1;
  return { width, height, decodedPixels: width * height * cost, components };
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

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
