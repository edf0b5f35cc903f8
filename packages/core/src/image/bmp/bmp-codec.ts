import { ByteReader } from '../byte-reader.ts';
import type { ImageCodec } from '../codec.ts';
import { withBuffer } from '../jimp-plug-in.ts';
import { startsWith } from '../signature.ts';
import { HEADER_SIZES, readBmpHeader } from './bmp-file.ts';
import { plainBmp } from './plain-bmp.ts';

const loadPlugIn = () => import('@jimp/js-bmp');

export const bmp: ImageCodec<'bmp'> = {
  name: 'bmp',
  title: 'BMP',
  mediaTypes: ['image/bmp', 'image/x-ms-bmp'],
  endings: ['.bmp', '.dib'],
  // Many a text begins with BM too.
  recognizes: (bytes) =>
    startsWith(bytes, 'BM') &&
    (bytes.length < 18 || HEADER_SIZES.includes(new ByteReader(bytes, 'BMP').u32le(14))),
  readHeader: readBmpHeader,
  readFile: (bytes) => ({ bytes: plainBmp(bytes), orientation: 1 }),
  load: loadPlugIn,
  decode: async (file) => {
    const { msBmp } = await loadPlugIn();
    const { width, height, data } = withBuffer(file, (buffer) => msBmp().decode(buffer));
    return { width, height, channels: 4, data };
  },
};
