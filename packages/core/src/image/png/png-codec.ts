import { type ImageCodec, startsWith } from '../codec.ts';
import { decodePng } from './decode-png.ts';
import { PNG_SIGNATURE, readPngFile, readPngHeader } from './png-file.ts';

const SIGNATURE = String.fromCharCode(...PNG_SIGNATURE);

export const png: ImageCodec<'png'> = {
  name: 'png',
  title: 'PNG',
  mediaTypes: ['image/png', 'image/apng'],
  endings: ['.png', '.apng'],
  recognizes: (bytes) => startsWith(bytes, SIGNATURE),
  readHeader: readPngHeader,
  readFile: (bytes) => ({ bytes, orientation: readPngFile(bytes).orientation }),
  load: async () => undefined,
  decode: decodePng,
};
