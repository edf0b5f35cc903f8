import { ClipError } from '../../errors.ts';
import type { DecoderInput, ImageCodec } from '../codec.ts';
import { concatenated } from '../concatenated.ts';
import type { RgbImage } from '../rgb-image.ts';
import { startsWith } from '../signature.ts';
import { WasmCodec } from '../wasm-codec.ts';
import { decodeCmyk } from './decode-cmyk.ts';
import { readJpegFile, readJpegHeader } from './jpeg-file.ts';

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
async function readWhole(file: Uint8Array): Promise<DecoderInput> {
  const { bytes, isEnded, orientation } = readJpegFile(file);
  if (!isEnded && !(await isWhole(bytes))) {
    throw new ClipError('IMAGE_CORRUPT', 'the JPEG file is cut short: pixels are missing');
  }
  return { bytes, orientation };
}

/** Data that could go on where a file ends, in two ways. */
const CONTINUATIONS = ['\x5a\xc3\x96\x1e', '\xa5\x3c\x69\xe1'].map((text) =>
  Uint8Array.from(text.repeat(16), (character) => character.charCodeAt(0)),
);

/**
 * Whether a picture has all its pixels: decoders paint what is missing grey, but would make blocks of
 * data that goes on, while behind the last block they ignore it.
 */
async function isWhole(bytes: Uint8Array): Promise<boolean> {
  const [data, end] = [bytes.subarray(0, -2), bytes.subarray(-2)];
  try {
    const picture = await decodeJpeg(bytes);
    for (const continuation of CONTINUATIONS) {
      const other = await decodeJpeg(concatenated([data, continuation, end]));
      if (other.data.some((value, i) => value !== picture.data[i])) return false;
    }
    return true;
  } catch {
    return false;
  }
}
