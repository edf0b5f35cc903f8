import { compileCodec, decodeWithoutCodec } from '#codec-wasm';
import type { RgbImage } from './rgb-image.ts';

/** What a `@jsquash/…/decode.js` module exports; its own types lack `init`'s first parameter. */
interface CodecModule {
  readonly default: (file: ArrayBuffer) => Promise<ImageData | null>;
  readonly init: (module: WebAssembly.Module | undefined, options: object) => Promise<void>;
}

/**
 * WebAssembly memory never shrinks: an instance would hold 110 MB after a photo of 12 megapixels and
 * 680 MB after the largest AVIF. One that has decoded a picture of more pixels is therefore replaced,
 * but only once no further one has come for a while: growing the memory anew takes a third of the time
 * that the picture itself takes. In browsers, where a new one would be fetched again, the old one stays.
 */
const KEPT_PIXELS = 4_000_000;
const KEPT_MILLISECONDS = 1_000;

/** A decoder compiled to WebAssembly, loaded when it is first needed. */
export class WasmCodec {
  readonly #importModule: () => Promise<unknown>;
  readonly #wasm: string;
  readonly #mediaType: string;
  /** In browsers it stays undefined: the package fetches and compiles. */
  #compiled: WebAssembly.Module | undefined;
  /** Of undefined where the codec is not to be had and the browser decodes. */
  #ready: Promise<CodecModule | undefined> | undefined;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param importModule - imports the package's `decode.js`
   * @param wasm - specifier of its WebAssembly file
   * @param mediaType - of what it decodes
   */
  constructor(importModule: () => Promise<unknown>, wasm: string, mediaType: string) {
    this.#importModule = importModule;
    this.#wasm = wasm;
    this.#mediaType = mediaType;
  }

  /**
   * Loads the decoder. Apart from `decode`, as a failure here is not the picture's fault. In a browser that
   * cannot load it, the page's pictures are decoded by the browser from then on.
   */
  load(): Promise<CodecModule | undefined> {
    this.#ready ??= this.#instantiate().catch((cause: unknown) => {
      if (decodeWithoutCodec !== undefined) return undefined;
      this.#ready = undefined;
      throw new Error(`cannot load the image decoder ${this.#wasm}`, { cause });
    });
    return this.#ready;
  }

  /** @throws what the codec throws, which need not be an Error. */
  async decode(file: Uint8Array): Promise<RgbImage> {
    const codec = await this.load();
    if (codec === undefined) return decodeWithoutCodec!(file, this.#mediaType);
    let isSound = false;
    try {
      // The types ask for an ArrayBuffer, the code takes any view as well.
      const decoded = await codec.default(file as unknown as ArrayBuffer);
      if (decoded === null) throw new Error('the decoder returned nothing');
      const { width, height, data } = decoded;
      isSound = true;
      if (width * height > KEPT_PIXELS && this.#compiled !== undefined) this.#replaceLater();
      return {
        width,
        height,
        channels: 4,
        data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      };
    } finally {
      // After a failure its memory may be in any state.
      if (!isSound) this.#replace();
    }
  }

  #replaceLater(): void {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.#replace(), KEPT_MILLISECONDS);
    // In Node, a process that has nothing else to do need not wait for it.
    (this.#waiting as { unref?(): void }).unref?.();
  }

  /** Makes a new instance at once: the package would hold on to the old one until then. */
  #replace(): void {
    clearTimeout(this.#waiting);
    this.#ready = undefined;
    this.load().catch(() => undefined);
  }

  async #instantiate(): Promise<CodecModule> {
    this.#compiled ??= await compileCodec(this.#wasm);
    const codec = (await this.#importModule()) as CodecModule;
    await new Promise<void>((onRuntimeInitialized, onAbort) => {
      const silent = (): void => undefined;
      const options = { onRuntimeInitialized, onAbort, print: silent, printErr: silent };
      codec.init(this.#compiled, options).catch(onAbort);
    });
    return codec;
  }
}
