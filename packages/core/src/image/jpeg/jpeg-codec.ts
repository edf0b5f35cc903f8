import { type ImageCodec, startsWith } from '../codec.ts';
import type { RgbImage } from '../rgb-image.ts';
import { WasmCodec } from '../wasm-codec.ts';
import { readJpegFile, readJpegHeader } from './jpeg-file.ts';

const mozjpeg = new WasmCodec(
  () => import('@jsquash/jpeg/decode.js'),
  '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
);

export const jpeg: ImageCodec<'jpeg'> = {
  name: 'jpeg',
  title: 'JPEG',
  mediaTypes: ['image/jpeg'],
  endings: ['.jpg', '.jpeg', '.jpe', '.jfif', '.jif', '.pjpeg', '.pjp'],
  recognizes: (bytes) => startsWith(bytes, '\xff\xd8\xff'),
  readHeader: readJpegHeader,
  readFile: readJpegFile,
  load: () => mozjpeg.load(),
  decode: decodeJpeg,
};

/**
 * mozjpeg is exact, but has no conversion from CMYK. For that there is jimp's own decoder, jpeg-js,
 * which is slower and takes more memory.
 */
async function decodeJpeg(file: Uint8Array): Promise<RgbImage> {
  if (readJpegHeader(file).components !== 4) return mozjpeg.decode(file);
  const { default: jpeg } = await import('@jimp/js-jpeg');
  const { width, height, data } = jpeg().decode(file as Buffer, {
    // Its types allow only false, which needs Node's Buffer.
    useTArray: true as false,
    tolerantDecoding: false,
    // The number of pixels has been limited already.
    maxResolutionInMP: Number.POSITIVE_INFINITY,
    maxMemoryUsageInMB: 2048,
  });
  return { width, height, channels: 4, data };
}
