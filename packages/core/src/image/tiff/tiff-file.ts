import { ClipError, grouped } from '../../errors.ts';
import type { PictureHeader } from '../codec.ts';
import { TiffDirectory } from './tiff-directory.ts';

/** Fields of a TIFF that its picture depends on (TIFF 6.0, section 8; technical notes 1 and 2). */
export const Tag = {
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  stripOffsets: 273,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  planarConfiguration: 284,
  predictor: 317,
  colourMap: 320,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  inkSet: 332,
  extraSamples: 338,
  sampleFormat: 339,
  jpegTables: 347,
  xmp: 700,
} as const;

export const Compression = {
  none: 1,
  lzw: 5,
  jpeg: 7,
  deflate: 8,
  oldDeflate: 32946,
  packBits: 32773,
} as const;

export const Photometric = {
  whiteIsZero: 0,
  blackIsZero: 1,
  rgb: 2,
  palette: 3,
  cmyk: 5,
  yCbCr: 6,
} as const;

/** A picture's samples as stored: bits each, and what they are. */
interface TiffSamples {
  readonly bits: number;
  /** Samples of a pixel, those of no colour included. */
  readonly perPixel: number;
  /** How many of them make the picture's pixel. */
  readonly needed: number;
  readonly photometric: number;
  /** Whether each sample has a plane of its own. */
  readonly planar: boolean;
  /** Whether colours are stored as multiplied by the fourth sample, alpha. */
  readonly premultiplied: boolean;
}

/** How the picture is cut: strips are tiles of its width. */
interface TiffTiles {
  readonly width: number;
  readonly height: number;
  readonly across: number;
  readonly down: number;
  /** Of each needed plane, `across` × `down` tiles. */
  readonly planes: number;
  readonly offsetsTag: number;
  readonly countsTag: number;
}

export interface TiffHeader extends PictureHeader {
  readonly directory: TiffDirectory;
  readonly compression: number;
  readonly samples: TiffSamples;
  readonly tiles: TiffTiles;
  /** 1 none, 2 the difference to the pixel before. */
  readonly predictor: number;
}

/**
 * Reads the first page's directory.
 *
 * @throws ClipError IMAGE_UNSUPPORTED for samples, colours and compressions that are not decoded;
 *   IMAGE_CORRUPT when it is cut short or contradicts itself, or the pages' chain is a loop.
 */
export function readTiffHeader(bytes: Uint8Array): TiffHeader {
  const directory = new TiffDirectory(bytes);
  const { reader } = directory;
  const width = directory.value(Tag.width, 0);
  const height = directory.value(Tag.height, 0);
  if (width === 0 || height === 0)
    throw reader.corrupt(`its size is ${grouped(width)} × ${grouped(height)}`);
  const compression = directory.value(Tag.compression, Compression.none);
  if (!Object.values<number>(Compression).includes(compression)) {
    throw unsupported(
      'without compression, or with PackBits, LZW, deflate or JPEG',
      `compression ${compression}`,
    );
  }
  const samples = samplesOf(directory, compression);
  const predictor = directory.value(Tag.predictor, 1);
  if (predictor !== 1 && (predictor !== 2 || samples.bits < 8)) {
    throw unsupported('with predictor 1 or 2', `predictor ${predictor} of ${samples.bits} bits`);
  }
  const tiles = tilesOf(directory, width, height, samples.planar ? samples.needed : 1);
  const stacked = tiles.width * tiles.height * tiles.across * tiles.down * tiles.planes;
  return {
    width,
    height,
    // Samples of 16 bits take twice the memory.
    decodedPixels: Math.max(width * height, stacked) * (samples.bits === 16 ? 2 : 1),
    directory,
    compression,
    samples,
    tiles,
    predictor,
  };
}

function samplesOf(directory: TiffDirectory, compression: number): TiffSamples {
  const perPixel = directory.value(Tag.samplesPerPixel, 1);
  const depths = directory.count(Tag.bitsPerSample) > 8 ? [] : sampleValues(directory);
  const bits = depths[0] ?? 1;
  const format = directory.value(Tag.sampleFormat, 1);
  const photometric = directory.value(Tag.photometric, Photometric.whiteIsZero);
  const planar = perPixel > 1 && directory.value(Tag.planarConfiguration, 1) === 2;
  const isEven = depths.every((depth) => depth === bits);
  if (!isEven || ![1, 4].includes(format) || ![1, 2, 4, 8, 16].includes(bits) || perPixel > 8) {
    throw unsupported(
      'with samples of 1, 2, 4, 8 or 16 bits without a sign',
      `${perPixel} samples of ${depths.join(', ') || '?'} bits, format ${format}`,
    );
  }
  const isJpeg = compression === Compression.jpeg;
  const needed = neededSamples(photometric, isJpeg);
  const fits = needed === 1 ? fitsGrey(bits, perPixel, planar) : bits >= 8 && perPixel >= needed;
  // What jimp's plug-in makes of five samples of 16 bits is not a picture.
  const fitsPlugIn = bits === 8 || planar || perPixel <= 4;
  if (!fits || !fitsPlugIn || (isJpeg && (planar || bits !== 8 || perPixel !== needed))) {
    throw unsupported(
      'of grey, palette, RGB or CMYK',
      `${perPixel} samples of ${bits} bits, colours of kind ${photometric}`,
    );
  }
  const isAssociated = directory.value(Tag.extraSamples, 0) === 1;
  const premultiplied = photometric === Photometric.rgb && perPixel >= 4 && isAssociated && !isJpeg;
  return {
    bits,
    perPixel,
    needed: premultiplied ? 4 : needed,
    photometric,
    planar,
    premultiplied,
  };

  function neededSamples(kind: number, inJpeg: boolean): number {
    const { whiteIsZero, blackIsZero, rgb, palette, cmyk, yCbCr } = Photometric;
    if (kind === blackIsZero || (kind === whiteIsZero && !inJpeg)) return 1;
    if (kind === palette && !inJpeg && bits <= 8) return 1;
    if (kind === rgb || (kind === yCbCr && inJpeg)) return 3;
    if (kind === cmyk && !inJpeg && directory.value(Tag.inkSet, 1) === 1) return 4;
    throw unsupported('of grey, palette, RGB or CMYK', `colours of kind ${kind}`);
  }
}

const sampleValues = (directory: TiffDirectory): readonly number[] =>
  directory.has(Tag.bitsPerSample) ? directory.values(Tag.bitsPerSample) : [];

/** Further samples, such as alpha, may stand beside bytes alone, or in planes of their own. */
const fitsGrey = (bits: number, perPixel: number, planar: boolean): boolean =>
  perPixel === 1 || bits === 8 || planar;

function tilesOf(
  directory: TiffDirectory,
  width: number,
  height: number,
  planes: number,
): TiffTiles {
  const { reader } = directory;
  const tiled = directory.has(Tag.tileWidth);
  const size = tiled
    ? { width: directory.value(Tag.tileWidth, 0), height: directory.value(Tag.tileLength, 0) }
    : { width, height: Math.min(height, directory.value(Tag.rowsPerStrip, height)) };
  if (size.width === 0 || size.height === 0) throw reader.corrupt('its tiles have no pixels');
  const across = Math.ceil(width / size.width);
  const down = Math.ceil(height / size.height);
  const [offsetsTag, countsTag] = tiled
    ? [Tag.tileOffsets, Tag.tileByteCounts]
    : [Tag.stripOffsets, Tag.stripByteCounts];
  const count = across * down * planes;
  for (const tag of [offsetsTag, countsTag]) {
    if (directory.count(tag) < count) {
      throw reader.corrupt(
        `expected ${grouped(count)} values of field ${tag}, got ${grouped(directory.count(tag))}`,
      );
    }
  }
  return { ...size, across, down, planes, offsetsTag, countsTag };
}

function unsupported(expected: string, got: string): ClipError {
  return new ClipError('IMAGE_UNSUPPORTED', `expected a TIFF ${expected}, got ${got}`);
}
