import { grouped } from '../../errors.ts';
import { ByteReader } from '../byte-reader.ts';
import type { Frame, PictureHeader } from '../codec.ts';
import { type Orientation, orientationOf } from '../exif-orientation.ts';

export interface WebpHeader extends PictureHeader {
  /** The first frame's place on the canvas: all of it, but for animations. */
  readonly frame: Frame;
  /** Offset of the chunk with the first frame's bitstream, `VP8 ` or `VP8L`. */
  readonly bitstreamOffset: number;
}

/** A WebP as its decoder gets it. */
export interface WebpFile {
  readonly header: WebpHeader;
  /** A WebP of the first frame alone, without its separate alpha, which is dropped anyway. */
  readonly frame: Uint8Array;
  readonly orientation: Orientation;
}

/** Of the VP8X chunk: metadata that they do not announce is not read, by libwebp neither. */
const Flag = { exif: 0x08, xmp: 0x04 } as const;

interface Chunk {
  readonly type: string;
  /** Offset of the data. */
  readonly at: number;
  readonly length: number;
}

/**
 * Reads a WebP up to the header of its first frame's bitstream (RFC 9649).
 *
 * @throws ClipError IMAGE_CORRUPT when it is cut short or contradicts itself.
 */
export function readWebpHeader(bytes: Uint8Array): WebpHeader {
  const reader = new ByteReader(bytes, 'WebP');
  let canvas: { width: number; height: number } | undefined;
  for (const { type, at } of chunks(reader, 12)) {
    if (type === 'VP8X') {
      canvas = { width: reader.u24le(at + 4) + 1, height: reader.u24le(at + 7) + 1 };
    } else if (type === 'VP8 ' || type === 'VP8L') {
      const size = bitstreamSize(reader, type, at);
      if (canvas && (canvas.width !== size.width || canvas.height !== size.height)) {
        throw reader.corrupt(
          `expected a picture of ${grouped(canvas.width)} × ${grouped(canvas.height)}, got ${grouped(size.width)} × ${grouped(size.height)}`,
        );
      }
      return headerOf(reader, size, { x: 0, y: 0, ...size }, at - 8);
    } else if (type === 'ANMF') {
      return animationHeader(reader, canvas, at);
    }
  }
  throw reader.corrupt('it has no picture');
}

/**
 * Takes the first frame out of a WebP, and the orientation.
 *
 * @throws ClipError as `readWebpHeader`, and IMAGE_CORRUPT when the file is shorter than it says.
 */
export function readWebpFile(bytes: Uint8Array): WebpFile {
  const header = readWebpHeader(bytes);
  const reader = new ByteReader(bytes, 'WebP');
  const riffEnd = 8 + reader.u32le(4);
  reader.expect(0, riffEnd);
  let flags = 0;
  let exif: Uint8Array | undefined;
  let xmp: Uint8Array | undefined;
  for (const { type, at, length } of chunks(reader, 12)) {
    if (at >= riffEnd) break;
    if (type === 'VP8X') flags = reader.u8(at);
    else if (type === 'EXIF' && flags & Flag.exif) exif ??= reader.slice(at, length);
    else if (type === 'XMP ' && flags & Flag.xmp) xmp ??= reader.slice(at, length);
  }
  const size = 8 + reader.u32le(header.bitstreamOffset + 4);
  return {
    header,
    frame: riffOf(reader.slice(header.bitstreamOffset, size)),
    orientation: orientationOf({ exif, xmp }),
  };
}

/** The chunks from `start` to the end of the file, which may lie within the last. */
function* chunks(reader: ByteReader, start: number): Generator<Chunk> {
  for (let at = start; at + 8 <= reader.length; ) {
    const length = reader.u32le(at + 4);
    yield { type: reader.ascii(at, 4), at: at + 8, length };
    at += 8 + length + (length % 2);
  }
}

function animationHeader(
  reader: ByteReader,
  canvas: { width: number; height: number } | undefined,
  at: number,
): WebpHeader {
  if (canvas === undefined) throw reader.corrupt('its first frame comes before the VP8X chunk');
  const [x, y] = [reader.u24le(at) * 2, reader.u24le(at + 3) * 2];
  const [width, height] = [reader.u24le(at + 6) + 1, reader.u24le(at + 9) + 1];
  for (const chunk of chunks(reader, at + 16)) {
    if (chunk.type !== 'VP8 ' && chunk.type !== 'VP8L') continue;
    const size = bitstreamSize(reader, chunk.type, chunk.at);
    if (size.width !== width || size.height !== height) {
      throw reader.corrupt(
        `expected a first frame of ${grouped(width)} × ${grouped(height)}, got ${grouped(size.width)} × ${grouped(size.height)}`,
      );
    }
    return headerOf(reader, canvas, { x, y, width, height }, chunk.at - 8);
  }
  throw reader.corrupt('its first frame has no picture');
}

function headerOf(
  reader: ByteReader,
  canvas: { width: number; height: number },
  frame: Frame,
  bitstreamOffset: number,
): WebpHeader {
  if (frame.x + frame.width > canvas.width || frame.y + frame.height > canvas.height) {
    throw reader.corrupt('its first frame reaches beyond the canvas');
  }
  const { width, height } = canvas;
  return {
    width,
    height,
    decodedPixels: width * height,
    frame,
    bitstreamOffset,
  };
}

/** Width and height in a bitstream's own header (RFC 6386, 9.1; RFC 9649, 3.4). */
function bitstreamSize(
  reader: ByteReader,
  type: 'VP8 ' | 'VP8L',
  at: number,
): { width: number; height: number } {
  if (type === 'VP8L') {
    if (reader.u8(at) !== 0x2f) throw reader.corrupt('its lossless picture has no signature');
    const bits = reader.u32le(at + 1);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  const isKeyFrame = (reader.u8(at) & 1) === 0;
  if (!isKeyFrame || reader.ascii(at + 3, 3) !== '\x9d\x01\x2a') {
    throw reader.corrupt('its picture is no key frame');
  }
  // The two highest bits are a hint for showing it larger.
  const [width, height] = [reader.u16le(at + 6) & 0x3fff, reader.u16le(at + 8) & 0x3fff];
  if (width === 0 || height === 0)
    throw reader.corrupt(`its size is ${grouped(width)} × ${grouped(height)}`);
  return { width, height };
}

/** A WebP file of one chunk. */
function riffOf(chunk: Uint8Array): Uint8Array {
  const padded = chunk.length + (chunk.length % 2);
  const file = new Uint8Array(12 + padded);
  const view = new DataView(file.buffer);
  file.set(new TextEncoder().encode('RIFF'), 0);
  view.setUint32(4, 4 + padded, true);
  file.set(new TextEncoder().encode('WEBP'), 8);
  file.set(chunk, 12);
  return file;
}
