import type { Frame, ImageCodec, PictureHeader } from '../codec.ts';
import type { RgbImage } from '../rgb-image.ts';
import { startsWith } from '../signature.ts';
import { WasmCodec } from '../wasm-codec.ts';
import { readWebpFile, readWebpHeader } from './webp-file.ts';

const libwebp = new WasmCodec(
  () => import('@jsquash/webp/decode.js'),
  '@jsquash/webp/codec/dec/webp_dec.wasm',
  'image/webp',
);

export const webp: ImageCodec<'webp'> = {
  name: 'webp',
  title: 'WebP',
  mediaTypes: ['image/webp'],
  endings: ['.webp'],
  recognizes: (bytes) => startsWith(bytes, 'RIFF') && startsWith(bytes, 'WEBP', 8),
  readHeader: readWebpHeader,
  readFile: (bytes) => {
    const { frame, header, orientation } = readWebpFile(bytes);
    return {
      bytes: frame,
      orientation,
      decodedSize: header.frame,
      assemble: (decoded) => onCanvas(decoded, header.frame, header),
    };
  },
  load: () => libwebp.load(),
  decode: (file) => libwebp.decode(file),
};

/** Puts the first frame of an animation on its canvas, which is black elsewhere. */
function onCanvas(image: RgbImage, frame: Frame, { width, height }: PictureHeader): RgbImage {
  if (frame.width === width && frame.height === height) return image;
  const data = new Uint8Array(width * height * image.channels);
  const rowBytes = frame.width * image.channels;
  for (let y = 0; y < frame.height; y++) {
    const row = image.data.subarray(y * rowBytes, (y + 1) * rowBytes);
    data.set(row, ((frame.y + y) * width + frame.x) * image.channels);
  }
  return { width, height, channels: image.channels, data };
}
