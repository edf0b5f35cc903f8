import { ClipError, grouped } from '../../errors.ts';
import type { DecoderInput, ImageCodec } from '../codec.ts';
import { orientationOf } from '../exif-orientation.ts';
import { withBuffer } from '../jimp-plug-in.ts';
import { startsWith } from '../signature.ts';
import { assemble } from './assemble.ts';
import { plainTiff } from './plain-tiff.ts';
import { Compression, readTiffHeader, Tag, type TiffHeader } from './tiff-file.ts';
import { decodeJpegTile } from './tiff-jpeg.ts';
import { UNPACK } from './tiff-unpack.ts';

const loadPlugIn = () => import('@jimp/js-tiff');

export const tiff: ImageCodec<'tiff'> = {
  name: 'tiff',
  title: 'TIFF',
  mediaTypes: ['image/tiff'],
  endings: ['.tif', '.tiff'],
  recognizes: (bytes) => startsWith(bytes, 'II*\0') || startsWith(bytes, 'MM\0*'),
  readHeader: readTiffHeader,
  readFile: readTiffFile,
  load: loadPlugIn,
  decode: async (file) => {
    const { default: plugIn } = await loadPlugIn();
    const { width, height, data } = withBuffer(file, (buffer) => plugIn().decode(buffer));
    return { width, height, channels: 4, data };
  },
};

/** Unpacks the first page into a TIFF that jimp's plug-in can be trusted with. */
async function readTiffFile(bytes: Uint8Array): Promise<DecoderInput> {
  const header = readTiffHeader(bytes);
  const { width, height, file, samples, rowBytes } = plainTiff(header);
  await unpackTiles(header, samples, rowBytes);
  return {
    bytes: file,
    // A TIFF is itself what EXIF data is.
    orientation: orientationOf({ exif: bytes, xmp: header.directory.bytes(Tag.xmp) }),
    decodedSize: { width, height },
    assemble: (decoded) => assemble(decoded, header),
  };
}

async function unpackTiles(header: TiffHeader, into: Uint8Array, rowBytes: number): Promise<void> {
  const { directory, tiles, compression, height } = header;
  const { reader } = directory;
  const offsets = directory.values(tiles.offsetsTag);
  const counts = directory.values(tiles.countsTag);
  const tables = directory.bytes(Tag.jpegTables);
  const isReversed = directory.value(Tag.fillOrder, 1) === 2 && compression !== Compression.jpeg;
  const tileBytes = rowBytes * tiles.height;
  const total = tiles.across * tiles.down * tiles.planes;
  for (let tile = 0; tile < total; tile++) {
    const packed = reader.slice(offsets[tile]!, counts[tile]!);
    const room = into.subarray(tile * tileBytes, (tile + 1) * tileBytes);
    // The last row of tiles may end where the picture does.
    const top = Math.floor((tile % (tiles.across * tiles.down)) / tiles.across) * tiles.height;
    const needed = rowBytes * Math.min(tiles.height, height - top);
    const filled = await unpacked(isReversed ? packed.map(reversedBits) : packed, room);
    if (filled < needed) {
      throw reader.corrupt(`tile ${tile} ends at ${grouped(filled)} of ${grouped(needed)} bytes`);
    }
  }

  async function unpacked(packed: Uint8Array, room: Uint8Array): Promise<number> {
    try {
      if (compression === Compression.jpeg)
        return await decodeJpegTile(packed, tables, header, room);
      return await UNPACK[compression]!(packed, room);
    } catch (cause) {
      if (cause instanceof ClipError) throw cause;
      throw new ClipError('IMAGE_CORRUPT', 'the TIFF file is damaged: a tile does not unpack', {
        cause,
      });
    }
  }
}

/** Fill order 2 has a byte's lowest bit first. */
function reversedBits(byte: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) reversed |= ((byte >> bit) & 1) << (7 - bit);
  return reversed;
}
