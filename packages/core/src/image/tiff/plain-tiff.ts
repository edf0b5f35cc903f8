import { grouped } from '../../errors.ts';
import type { ByteReader } from '../byte-reader.ts';
import { Compression, Photometric, Tag, type TiffHeader } from './tiff-file.ts';

/** A TIFF for jimp's plug-in, whose samples are still to be filled in. */
export interface PlainTiff {
  readonly file: Uint8Array;
  /** [height, rowBytes] the part of the file that holds the samples. */
  readonly samples: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly rowBytes: number;
}

const SHORT = 3;
const LONG = 4;

/**
 * Room for all tiles of a TIFF one below the other, as a TIFF of one page and one strip without
 * compression: what jimp's plug-in decodes as Pillow does. Greys of up to 8 bits get a palette, as
 * the plug-in lacks some depths; planes are greys; CMYK passes for RGB with a fourth sample.
 *
 * @throws ClipError IMAGE_CORRUPT when the palette is cut short.
 */
export function plainTiff(header: TiffHeader): PlainTiff {
  const { samples, tiles, directory, predictor } = header;
  const { bits } = samples;
  const isJpeg = header.compression === Compression.jpeg;
  const perPixel = isJpeg ? 4 : samples.planar ? 1 : samples.perPixel;
  const isIndex = !isJpeg && bits <= 8 && (samples.needed === 1 || samples.planar);
  const isColour = isJpeg || (samples.needed > 1 && !samples.planar);
  const wideGrey =
    samples.photometric === Photometric.whiteIsZero
      ? Photometric.whiteIsZero
      : Photometric.blackIsZero;

  const width = tiles.width;
  const height = tiles.height * tiles.across * tiles.down * tiles.planes;
  const rowBytes = Math.ceil((width * perPixel * bits) / 8);
  const fields: [tag: number, type: number, values: readonly number[]][] = [
    [Tag.width, LONG, [width]],
    [Tag.height, LONG, [height]],
    [Tag.bitsPerSample, SHORT, [bits]],
    [Tag.compression, SHORT, [Compression.none]],
    [
      Tag.photometric,
      SHORT,
      [isIndex ? Photometric.palette : isColour ? Photometric.rgb : wideGrey],
    ],
    [Tag.stripOffsets, LONG, [0]],
    [Tag.samplesPerPixel, SHORT, [perPixel]],
    [Tag.rowsPerStrip, LONG, [height]],
    [Tag.stripByteCounts, LONG, [rowBytes * height]],
    [Tag.predictor, SHORT, [isJpeg ? 1 : predictor]],
  ];
  if (isIndex) fields.push([Tag.colourMap, SHORT, paletteOf(header, directory.reader)]);
  return { ...tiffOf(fields, rowBytes * height, directory.little), width, height, rowBytes };
}

/** All reds, then all greens, then all blues, of 16 bits. */
function paletteOf({ samples, directory }: TiffHeader, reader: ByteReader): readonly number[] {
  const colours = 2 ** samples.bits;
  if (samples.photometric === Photometric.palette) {
    const palette = directory.values(Tag.colourMap);
    if (palette.length < 3 * colours) {
      throw reader.corrupt(
        `expected a palette of ${grouped(3 * colours)} values, got ${grouped(palette.length)}`,
      );
    }
    return palette.slice(0, 3 * colours);
  }
  const isInverted = samples.photometric === Photometric.whiteIsZero;
  const greys = Array.from({ length: colours }, (_, i) => {
    const grey = Math.floor((i * 255) / (colours - 1));
    return 256 * (isInverted ? 255 - grey : grey);
  });
  return [...greys, ...greys, ...greys];
}

/** Writes the header, the directory, values that do not fit into it, and room for the samples. */
function tiffOf(
  fields: readonly (readonly [tag: number, type: number, values: readonly number[]])[],
  sampleBytes: number,
  little: boolean,
): Pick<PlainTiff, 'file' | 'samples'> {
  const directory = 8;
  const behindDirectory = directory + 2 + fields.length * 12 + 4;
  const longValues = fields.filter(([, , values]) => values.length > 1);
  const sampleOffset =
    behindDirectory + longValues.reduce((sum, [, , values]) => sum + 2 * values.length, 0);
  const file = new Uint8Array(sampleOffset + sampleBytes);
  const view = new DataView(file.buffer);
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, little);
  view.setUint32(4, directory, little);
  view.setUint16(directory, fields.length, little);
  let free = behindDirectory;
  for (const [i, [tag, type, values]] of fields.entries()) {
    const at = directory + 2 + i * 12;
    view.setUint16(at, tag, little);
    view.setUint16(at + 2, type, little);
    view.setUint32(at + 4, values.length, little);
    if (values.length > 1) {
      view.setUint32(at + 8, free, little);
      for (const value of values) {
        view.setUint16(free, value, little);
        free += 2;
      }
    } else if (type === SHORT) {
      view.setUint16(at + 8, values[0]!, little);
    } else {
      view.setUint32(at + 8, tag === Tag.stripOffsets ? sampleOffset : values[0]!, little);
    }
  }
  return { file, samples: file.subarray(sampleOffset) };
}
