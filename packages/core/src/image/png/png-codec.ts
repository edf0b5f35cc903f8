import type { ImageCodec } from '../codec.ts';
import { orientationOf } from '../exif-orientation.ts';
import { startsWith } from '../signature.ts';
import { decodePng } from './decode-png.ts';
import { PNG_SIGNATURE, readPngFile, readPngHeader } from './png-file.ts';
import { metadataIn } from './png-text.ts';

const SIGNATURE = String.fromCharCode(...PNG_SIGNATURE);

export const png: ImageCodec<'png'> = {
  name: 'png',
  title: 'PNG',
  mediaTypes: ['image/png', 'image/apng'],
  endings: ['.png', '.apng'],
  recognizes: (bytes) => startsWith(bytes, SIGNATURE),
  readHeader: readPngHeader,
  readFile: async (bytes) => {
    const { exif, texts } = readPngFile(bytes);
    const inTexts = await metadataIn(texts);
    return {
      bytes,
      orientation: orientationOf({ exif: exif ?? inTexts.exif, xmp: inTexts.xmp }),
    };
  },
  load: async () => undefined,
  decode: decodePng,
};
