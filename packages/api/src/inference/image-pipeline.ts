import { type ImageHeader, normalized, type PixelTensor } from '@clipql/core';
import { isDataUrl } from '../images/data-url.ts';
import type { ImageSource } from '../images/image-source.ts';
import type { ReadImage } from '../images/read-image.ts';
import { withQueuedSpans, withRefusalSpan } from '../telemetry/tracing.ts';
import type { Admission, Ticket } from './admission.ts';
import type { BatchResult } from './batcher.ts';
import type { Caller } from './caller.ts';
import { contentHash } from './content-hash.ts';
import type { DecodePool } from './decode-pool.ts';
import type { DecodedImage } from './decoded-image.ts';
import type { EmbeddingCache } from './embedding-cache.ts';
import type { EncodedImage, OccludedImage } from './encoded.ts';
import type { Line } from './fair-queue.ts';
import { imageHeader } from './image-header.ts';
import type { InferenceObserver } from './inference-observer.ts';
import { OCCLUSION_IMAGES, occluded } from './occlusion.ts';
import { SingleFlight, whileThere } from './single-flight.ts';

/** An image by its content, whoever asked for it. */
export type ImageContent = Omit<EncodedImage, 'timing'>;

type ContentTiming = Omit<EncodedImage['timing'], 'fetch'>;

interface ImagePipelineParts {
  readonly admission: Admission;
  /** By the hash of the file. */
  readonly cache: EmbeddingCache<ImageContent>;
  readonly decoders: DecodePool;
  /** Runs an image in a batch with others. */
  readonly run: (pixels: PixelTensor, line: Line, signal: AbortSignal) => Promise<BatchResult>;
  /** Of the forward pass of one image. */
  readonly operations: number;
  readonly maxPixels: number | undefined;
  /** Images of one forward pass. */
  readonly maxBatch: number;
  readonly observer: InferenceObserver;
  /** Told when an image that was on its way to the model does not get there. */
  readonly onLoss: () => void;
}

/** An image's file, as it came. */
interface ImageFile {
  readonly bytes: Uint8Array;
  readonly header: ImageHeader;
  readonly hash: string;
}

interface ImageJob extends ImageFile {
  readonly ticket: Ticket;
  readonly line: Line;
}

/** What a cached image took. */
const NO_TIME: ContentTiming = { decode: 0, preprocess: 0, imageEncoding: 0 };

/** From an image's address to its embedding, equal files of all requests once. */
export class ImagePipeline {
  readonly #parts: ImagePipelineParts;
  readonly #flights = new SingleFlight<[ImageContent, ContentTiming]>();
  #decoding = 0;
  #decoded = 0;
  /** How many of them are of each line. */
  readonly #decodedOf = new Map<Line, number>();

  constructor(parts: ImagePipelineParts) {
    this.#parts = parts;
  }

  /**
   * Encodes the images of one operation; what fails, fails alone.
   *
   * @returns in their order, an ApiError or ClipError for an image that cannot be had or read: OVERLOADED
   *   before anything is done; the signal's reason once the caller has gone.
   */
  encode(
    sources: readonly ImageSource[],
    read: ReadImage,
    caller: Caller,
  ): Promise<readonly (EncodedImage | Error)[]> {
    return Promise.all(
      sources.map((source) => this.#encodeOne(source, read, caller).catch(toError)),
    );
  }

  async #encodeOne(source: ImageSource, read: ReadImage, caller: Caller): Promise<EncodedImage> {
    const { signal } = caller;
    const ticket = this.#admit(source, caller);
    let begun = false;
    const file = await this.#fetch(source, read, ticket, signal).catch((error: unknown) => {
      ticket.release();
      throw error;
    });
    const { hash, fetch } = file;
    const { cache } = this.#parts;
    const known = cache.get(hash);
    if (known !== undefined) {
      ticket.release();
      return { ...known, timing: { ...NO_TIME, fetch } };
    }
    const flight = this.#flights.join(cache.flightKey(hash, caller.account), (flightSignal) => {
      begun = true;
      return this.#encodeContent({ ...file, ticket, line: caller.account }, flightSignal);
    });
    // Who joins others' work takes no room of their own.
    if (!begun) ticket.release();
    const [result] = await whileThere([flight], signal);
    const [content, timing] = result!;
    return { ...content, timing: { ...timing, fetch } };
  }

  /**
   * Encodes an image whole and with each part of it hidden, as `occluded` gives it, batch by batch: it
   * takes the room of one batch, however long the model takes. Nothing of it is kept.
   *
   * @throws ApiError or ClipError as `encode` returns them; the signal's reason once the caller has gone.
   */
  async encodeOccluded(
    source: ImageSource,
    read: ReadImage,
    caller: Caller,
  ): Promise<OccludedImage> {
    const { signal, account } = caller;
    const { maxBatch } = this.#parts;
    const ticket = this.#admit(source, caller, maxBatch);
    try {
      const { bytes, header } = await this.#fetch(source, read, ticket, signal);
      await ticket.enter(signal);
      const decoded = await this.#decode(bytes, header.decodedPixels, account, signal);
      const { width, height, pixels } = decoded;
      const directions: Float32Array[] = [];
      for (let first = 0; first < OCCLUSION_IMAGES; first += maxBatch) {
        const length = Math.min(maxBatch, OCCLUSION_IMAGES - first);
        const batch = Array.from({ length }, (_, i) => occluded(pixels, first + i));
        const results = await Promise.all(batch.map((one) => this.#run(one, account, signal)));
        directions.push(...results.map(({ embedding }) => normalized(embedding)));
      }
      return { facts: { format: header.format, width, height, bytes: bytes.length }, directions };
    } finally {
      ticket.release();
    }
  }

  /** Whether images are on their way to the model. */
  get expectsMore(): boolean {
    return this.#decoding > 0;
  }

  /** Images whose pixels are in memory: those that wait for the model, or are in it. */
  get decoded(): number {
    return this.#decoded;
  }

  /** Whether some of them are of this line. */
  hasDecoded(line: Line): boolean {
    return this.#decodedOf.has(line);
  }

  #admit(source: ImageSource, { account }: Caller, images = 1): Ticket {
    const { admission } = this.#parts;
    const operations = images * this.#parts.operations;
    const isAtHand = 'bytes' in source || isDataUrl(source.url);
    return withRefusalSpan('image', () =>
      isAtHand ? admission.take(account, operations) : admission.takeFetch(account, operations),
    );
  }

  async #fetch(
    source: ImageSource,
    read: ReadImage,
    ticket: Ticket,
    signal: AbortSignal,
  ): Promise<ImageFile & { readonly fetch: number }> {
    const { maxPixels, observer } = this.#parts;
    signal.throwIfAborted();
    const start = performance.now();
    let arrived = 0;
    const keep = (count: number) => {
      arrived += count;
      ticket.keep(count);
    };
    const bytes = 'url' in source ? await read(source.url, signal, keep) : source.bytes;
    const fetch = performance.now() - start;
    observer.stage('fetch', fetch);
    // What was at hand did not arrive.
    keep(bytes.length - arrived);
    const header = imageHeader(bytes, maxPixels);
    return { fetch, hash: await contentHash(bytes), bytes, header };
  }

  async #encodeContent(
    { bytes, header, hash, ticket, line }: ImageJob,
    signal: AbortSignal,
  ): Promise<[ImageContent, ContentTiming]> {
    const { cache, observer } = this.#parts;
    try {
      await ticket.enter(signal);
      const decoded = await this.#decode(bytes, header.decodedPixels, line, signal);
      const { width, height, pixels, decode, preprocess } = decoded;
      observer.stage('decode', decode);
      observer.stage('preprocess', preprocess);
      const { embedding, encoding: imageEncoding } = await this.#run(pixels, line, signal);
      const facts = { format: header.format, width, height, bytes: bytes.length };
      const contentHash = Buffer.from(hash, 'base64').toString('hex');
      const content = { facts, contentHash, embedding, direction: normalized(embedding) };
      cache.set(hash, content);
      return [content, { decode, preprocess, imageEncoding }];
    } finally {
      ticket.release();
    }
  }

  async #decode(
    bytes: Uint8Array,
    pixels: number,
    line: Line,
    signal: AbortSignal,
  ): Promise<DecodedImage> {
    const { decoders, onLoss } = this.#parts;
    this.#decoding += 1;
    try {
      const decoded = await withQueuedSpans(
        'decode',
        () => decoders.decode(bytes, pixels, line, signal),
        ({ decode, preprocess }) => decode + preprocess,
      );
      this.#decoding -= 1;
      return decoded;
    } catch (error) {
      this.#decoding -= 1;
      onLoss();
      throw error;
    }
  }

  async #run(pixels: PixelTensor, line: Line, signal: AbortSignal): Promise<BatchResult> {
    this.#countDecoded(line, 1);
    const { run } = this.#parts;
    try {
      return await withQueuedSpans(
        'forward',
        () => run(pixels, line, signal),
        ({ encoding }) => encoding,
      );
    } finally {
      this.#countDecoded(line, -1);
      this.#parts.decoders.next();
    }
  }

  #countDecoded(line: Line, change: 1 | -1): void {
    this.#decoded += change;
    const count = (this.#decodedOf.get(line) ?? 0) + change;
    if (count === 0) this.#decodedOf.delete(line);
    else this.#decodedOf.set(line, count);
  }
}

const toError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('not an error', { cause: error });
