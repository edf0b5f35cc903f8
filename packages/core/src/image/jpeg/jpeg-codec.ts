import { ClipError } from '../../errors.ts';
import type { DecoderInput, ImageCodec } from '../codec.ts';
import type { RgbImage } from '../rgb-image.ts';
import { startsWith } from '../signature.ts';
import { WasmCodec } from '../wasm-codec.ts';
import { decodeCmyk } from './decode-cmyk.ts';
import { readJpegFile, readJpegHeader } from './jpeg-file.ts';
import { hasAllBlocks } from './scan-blocks.ts';

const mozjpeg = new WasmCodec(
  () => import('@jsquash/jpeg/decode.js'),
  '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
  'image/jpeg',
);

export const jpeg: ImageCodec<'jpeg'> = {
  name: 'jpeg',
  title: 'JPEG',
  mediaTypes: ['image/jpeg'],
  endings: ['.jpg', '.jpeg', '.jpe', '.jfif', '.jif', '.pjpeg', '.pjp'],
  recognizes: (bytes) => startsWith(bytes, '\xff\xd8\xff'),
  readHeader: readJpegHeader,
  readFile: readWhole,
  load: () => mozjpeg.load(),
  decode: decodeJpeg,
};

/** mozjpeg is exact, but has no conversion from CMYK. */
async function decodeJpeg(file: Uint8Array): Promise<RgbImage> {
  const header = readJpegHeader(file);
  return header.components === 4 ? decodeCmyk(file, header) : mozjpeg.decode(file);
}

/** Where the EOI marker is missing, makes sure that no pixels are. */
function readWhole(file: Uint8Array): DecoderInput {
  const { header, bytes, isEnded, orientation } = readJpegFile(file);
  if (!isEnded && !hasAllBlocks(bytes, header)) {
    throw new ClipError('IMAGE_CORRUPT', 'the JPEG file is cut short: pixels are missing');
  }
  return { bytes, orientation };
}
