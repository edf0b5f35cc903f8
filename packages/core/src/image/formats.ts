import { decodeGif } from './decode-gif.ts';
import { decodePng } from './decode-png.ts';
import type { ImageFormat } from './image-header.ts';
import { readJpegHeader } from './jpeg-file.ts';
import type { RgbImage } from './rgb-image.ts';
import { WasmCodec } from './wasm-codec.ts';

/** What decodes a format, in the shape of a jimp format. */
export interface PixelFormat {
  readonly mime: string;
  /** Loads what decoding needs. */
  readonly load: () => Promise<unknown>;
  /** Throws anything for a damaged file. */
  readonly decode: (file: Uint8Array) => RgbImage | Promise<RgbImage>;
}

const mozjpeg = new WasmCodec(
  () => import('@jsquash/jpeg/decode.js'),
  '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
);
const libwebp = new WasmCodec(
  () => import('@jsquash/webp/decode.js'),
  '@jsquash/webp/codec/dec/webp_dec.wasm',
);
const libavif = new WasmCodec(
  () => import('@jsquash/avif/decode.js'),
  '@jsquash/avif/codec/dec/avif_dec.wasm',
);

/** The formats that are decoded: a closed list. */
export const FORMATS: Readonly<Record<ImageFormat, PixelFormat>> = {
  png: { mime: 'image/png', load: nothing, decode: decodePng },
  gif: { mime: 'image/gif', load: nothing, decode: decodeGif },
  jpeg: { mime: 'image/jpeg', load: () => mozjpeg.load(), decode: decodeJpeg },
  webp: {
    mime: 'image/webp',
    load: () => libwebp.load(),
    decode: (file) => libwebp.decode(file),
  },
  avif: {
    mime: 'image/avif',
    load: () => libavif.load(),
    decode: (file) => libavif.decode(file),
  },
};

async function nothing(): Promise<void> {}

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
