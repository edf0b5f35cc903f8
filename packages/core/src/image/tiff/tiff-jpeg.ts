import { grouped } from '../../errors.ts';
import type { ByteReader } from '../byte-reader.ts';
import { concatenated } from '../concatenated.ts';
import { jpeg } from '../jpeg/jpeg-codec.ts';
import { readJpegFile } from '../jpeg/jpeg-file.ts';
import { Photometric, type TiffHeader } from './tiff-file.ts';

const SOI = 0xd8;
const EOI = 0xd9;

/**
 * Decodes a tile that is a JPEG without the tables that all tiles share (TIFF technical note 2), by
 * mozjpeg: the decoder in jimp's plug-in makes greys of something else.
 *
 * @param into - [rows, tile width, 4] is filled
 * @returns the bytes filled
 * @throws ClipError as `readJpegFile`, and IMAGE_CORRUPT for a picture that is no tile of this file.
 */
export async function decodeJpegTile(
  tile: Uint8Array,
  tables: Uint8Array | undefined,
  { samples, tiles, directory }: TiffHeader,
  into: Uint8Array,
): Promise<number> {
  const { reader } = directory;
  const { bytes, header } = readJpegFile(
    withTables(reader, tile, tables, samples.photometric === Photometric.yCbCr),
  );
  const { width, height, components } = header;
  if (width !== tiles.width || height > tiles.height || components !== samples.perPixel) {
    throw reader.corrupt(
      `expected JPEG tiles of ${grouped(tiles.width)} × ${grouped(tiles.height)} and ${samples.perPixel} components, ` +
        `got ${grouped(width)} × ${grouped(height)} and ${components}`,
    );
  }
  const { data } = await jpeg.decode(bytes);
  into.set(data);
  return data.length;
}

/** One JPEG of the tables and the tile, with Adobe's marker to say whether it is YCbCr or RGB. */
function withTables(
  reader: ByteReader,
  tile: Uint8Array,
  tables: Uint8Array | undefined,
  isYCbCr: boolean,
): Uint8Array {
  const adobe = [0xff, 0xee, 0, 14, ...new TextEncoder().encode('Adobe'), 0, 100, 0, 0, 0, 0];
  const parts = [
    Uint8Array.of(0xff, SOI, ...adobe, isYCbCr ? 1 : 0),
    tables === undefined ? new Uint8Array() : body(reader, tables),
    body(reader, tile),
  ];
  return concatenated(parts);

  /** What stands behind SOI, without an EOI that ends a stream of tables. */
  function body(from: ByteReader, stream: Uint8Array): Uint8Array {
    if (stream[0] !== 0xff || stream[1] !== SOI) throw from.corrupt('a JPEG tile is no JPEG');
    const isEnded = stream === tables && stream.at(-1) === EOI && stream.at(-2) === 0xff;
    return stream.subarray(2, isEnded ? -2 : undefined);
  }
}
