import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** A part of @jsquash/jpeg; its own types lack `init`'s first parameter. */
interface CodecModule<Input, Output> {
  readonly default: (input: Input) => Promise<Output>;
  readonly init: (module: WebAssembly.Module, options?: object) => Promise<void>;
}

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** RGBA */
  readonly data: Uint8ClampedArray;
}

/** The JPEG codec that core uses, by itself. */
export interface JpegCodec {
  decode(file: Uint8Array): Promise<Pixels>;
  encode(pixels: Pixels): Promise<Uint8Array>;
}

export async function jpegCodec(): Promise<JpegCodec> {
  globalThis.ImageData ??= class {
    readonly data: Uint8ClampedArray;
    readonly width: number;
    readonly height: number;
    constructor(data: Uint8ClampedArray, width: number, height: number) {
      this.data = data;
      this.width = width;
      this.height = height;
    }
  } as unknown as typeof ImageData;
  const decoder = (await import('@jsquash/jpeg/decode.js')) as unknown as CodecModule<
    Uint8Array,
    Pixels
  >;
  const encoder = (await import('@jsquash/jpeg/encode.js')) as unknown as CodecModule<
    Pixels,
    ArrayBuffer
  >;
  await decoder.init(await compile('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'));
  await encoder.init(await compile('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm'));
  return {
    decode: (file) => decoder.default(file),
    encode: async (pixels) => new Uint8Array(await encoder.default(pixels)),
  };
}

const compile = async (file: string): Promise<WebAssembly.Module> =>
  WebAssembly.compile(await readFile(createRequire(import.meta.url).resolve(file)));
