import type { ImageCodec } from '../codec.ts';
import { startsWith } from '../signature.ts';
import { decodeGif } from './decode-gif.ts';
import { readGifHeader } from './gif-file.ts';

export const gif: ImageCodec<'gif'> = {
  name: 'gif',
  title: 'GIF',
  mediaTypes: ['image/gif'],
  endings: ['.gif'],
  recognizes: (bytes) => startsWith(bytes, 'GIF87a') || startsWith(bytes, 'GIF89a'),
  readHeader: readGifHeader,
  readFile: (bytes) => ({ bytes, orientation: 1 }),
  load: async () => undefined,
  decode: decodeGif,
};
