import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { RgbImage } from './rgb-image.ts';

/**
 * The class of what the codecs return, which they look for among the globals. Left alone they set a
 * class of their own, made within their first instance, which keeps that instance's memory for ever.
 */
class PlainImageData {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;

  constructor(data: Uint8ClampedArray, width: number, height: number) {
    this.data = data;
    this.width = width;
    this.height = height;
  }
}

/**
 * Compiles a codec's WebAssembly from its package's own file: the codecs load it by fetch, which in
 * Node does not read files. Sets `globalThis.ImageData` where there is none.
 *
 * @param specifier - of the file: `@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm`
 */
export async function compileCodec(specifier: string): Promise<WebAssembly.Module | undefined> {
  globalThis.ImageData ??= PlainImageData as unknown as typeof ImageData;
  const path = createRequire(import.meta.url).resolve(specifier);
  return WebAssembly.compile(await readFile(path));
}

/** In Node there is no other decoder. */
export const decodeWithoutCodec: DecodeWithoutCodec | undefined = undefined;

type DecodeWithoutCodec = (file: Uint8Array, mediaType: string) => Promise<RgbImage>;
