import { subtle } from 'node:crypto';
import { normalized, type PixelTensor, sniffImage } from '@clipql/core';
import type { EncodedImage } from '../image-loader.ts';
import type { ImageSource } from '../images/image-source.ts';
import type { ReadImage } from '../images/read-image.ts';
import type { BatchResult } from './batcher.ts';
import type { DecodeImage } from './image-decoder.ts';
import type { InferenceObserver } from './inference-metrics.ts';
import { SingleFlight, whileThere } from './single-flight.ts';

interface ImagePipelineParts {
  readonly decode: DecodeImage;
  /** Runs an image in a batch with others. */
  readonly run: (pixels: PixelTensor, signal: AbortSignal) => Promise<BatchResult>;
  readonly maxPixels: number | undefined;
  readonly observer: InferenceObserver;
}

/** An image by its content, whoever asked for it. */
type ImageContent = Omit<EncodedImage, 'timing'> & {
  readonly timing: Omit<EncodedImage['timing'], 'fetch'>;
};

/** From an image's address to its embedding, equal files of all requests once. */
export class ImagePipeline {
  private readonly parts: ImagePipelineParts;
  private readonly flights = new SingleFlight<ImageContent>();

  constructor(parts: ImagePipelineParts) {
    this.parts = parts;
  }

  /**
   * @throws ApiError or ClipError for an image that cannot be had or read; the signal's reason once
   *   the caller has gone.
   */
  async encode(source: ImageSource, read: ReadImage, signal: AbortSignal): Promise<EncodedImage> {
    const { maxPixels, observer } = this.parts;
    const start = performance.now();
    const bytes = 'url' in source ? await read(source.url) : source.bytes;
    const fetch = performance.now() - start;
    observer.stage('fetch', fetch);
    const { format } = sniffImage(bytes, { maxPixels });
    const hash = await contentHash(bytes);
    const ticket = this.flights.join(hash, (flight) => this.encodeContent(bytes, format, flight));
    const [content] = await whileThere([ticket], signal);
    return { ...content!, timing: { ...content!.timing, fetch } };
  }

  private async encodeContent(
    bytes: Uint8Array,
    format: string,
    signal: AbortSignal,
  ): Promise<ImageContent> {
    const { decode, run, observer } = this.parts;
    const decoded = await decode(bytes, signal);
    const { width, height } = decoded;
    observer.stage('decode', decoded.decode);
    observer.stage('preprocess', decoded.preprocess);
    const { embedding, encoding } = await run(decoded.pixels, signal);
    return {
      facts: { format, width, height, bytes: bytes.length },
      embedding,
      direction: normalized(embedding),
      timing: {
        decode: decoded.decode,
        preprocess: decoded.preprocess,
        imageEncoding: encoding,
      },
    };
  }
}

/** Off the event loop's thread: 20 MiB take some 20 ms. */
async function contentHash(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)).toString(
    'base64',
  );
}
