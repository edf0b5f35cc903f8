import { ByteReader } from '../byte-reader.ts';
import type { Frame, PictureHeader } from '../codec.ts';

export interface GifHeader extends PictureHeader {
  /** The first frame's place on the canvas. */
  readonly frame: Frame;
  /** RGB entries of the first frame, absent where the file has none. */
  readonly palette: Uint8Array | undefined;
  /** The palette index that the first frame calls transparent. */
  readonly transparent: number | undefined;
  readonly interlaced: boolean;
  /** Offset of the LZW minimum code size, behind which the data's sub-blocks follow. */
  readonly dataOffset: number;
}

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const GRAPHIC_CONTROL = 0xf9;

/**
 * Reads a GIF up to the data of its first frame (GIF89a specification, 17 to 23). The canvas is the
 * logical screen, made larger where the frame reaches beyond it, as Pillow does.
 *
 * @throws ClipError IMAGE_CORRUPT when it is cut short or has no frame.
 */
export function readGifHeader(bytes: Uint8Array): GifHeader {
  const reader = new ByteReader(bytes, 'GIF');
  const [screenWidth, screenHeight, flags] = [reader.u16le(6), reader.u16le(8), reader.u8(10)];
  const palette = paletteAt(reader, 13, flags);
  const { at, transparent } = findFrame(reader, 13 + (palette?.length ?? 0));

  const [x, y] = [reader.u16le(at + 1), reader.u16le(at + 3)];
  const [frameWidth, frameHeight] = [reader.u16le(at + 5), reader.u16le(at + 7)];
  const frameFlags = reader.u8(at + 9);
  const localPalette = paletteAt(reader, at + 10, frameFlags);
  if (frameWidth === 0 || frameHeight === 0) {
    throw reader.corrupt(`its first frame's size is ${frameWidth} × ${frameHeight}`);
  }
  const width = Math.max(screenWidth, x + frameWidth);
  const height = Math.max(screenHeight, y + frameHeight);
  return {
    width,
    height,
    decodedPixels: width * height,
    frame: { x, y, width: frameWidth, height: frameHeight },
    palette: localPalette ?? palette,
    transparent,
    interlaced: (frameFlags & 0x40) !== 0,
    dataOffset: at + 10 + (localPalette?.length ?? 0),
  };
}

/** The offset of the first image descriptor, and what the extensions before it say. */
function findFrame(
  reader: ByteReader,
  start: number,
): { at: number; transparent: number | undefined } {
  let transparent: number | undefined;
  for (let at = start; ; ) {
    const block = reader.u8(at);
    if (block === IMAGE) return { at, transparent };
    if (block === TRAILER) throw reader.corrupt('it has no frame');
    if (block !== EXTENSION) {
      // Stray bytes between blocks are skipped, as by Pillow.
      at++;
      continue;
    }
    if (reader.u8(at + 1) === GRAPHIC_CONTROL && reader.u8(at + 2) >= 4 && reader.u8(at + 3) & 1) {
      transparent = reader.u8(at + 6);
    }
    at = endOfBlocks(reader, at + 2);
  }
}

/** The palette behind a descriptor, if the descriptor's flags announce one. */
function paletteAt(reader: ByteReader, at: number, flags: number): Uint8Array | undefined {
  return flags & 0x80 ? reader.slice(at, 3 << ((flags & 7) + 1)) : undefined;
}

/** The byte after the empty sub-block that ends a run of them. */
function endOfBlocks(reader: ByteReader, start: number): number {
  let at = start;
  for (let length = reader.u8(at); length !== 0; length = reader.u8(at)) at += 1 + length;
  return at + 1;
}
