import DataLoader from 'dataloader';
import type { ImageSource } from './images/image-source.ts';
import type { ReadImage } from './images/read-image.ts';
import type { Caller } from './inference/caller.ts';
import type { Inference } from './inference/inference.ts';
import { checkImageCount, type Limits } from './limits.ts';

/** What an image file is. */
export interface ImageFacts {
  readonly format: string;
  /** Pixels in a row of the upright picture. */
  readonly width: number;
  /** Rows of the upright picture. */
  readonly height: number;
  /** Of the file. */
  readonly bytes: number;
}

/**
 * Milliseconds that each stage took: of an equal image that was under way, its stages; 0 where the
 * embedding was known already.
 */
export interface ImageTiming {
  readonly fetch: number;
  readonly decode: number;
  readonly preprocess: number;
  /** Of the batch that the image was in. */
  readonly imageEncoding: number;
}

export interface EncodedImage {
  readonly facts: ImageFacts;
  /** [E], as the model gives it. */
  readonly embedding: Float32Array;
  /** [E], of length 1. */
  readonly direction: Float32Array;
  readonly timing: ImageTiming;
}

/**
 * Makes the images of one operation: equal addresses are read once. One that fails fails alone.
 *
 * @param limits its images are counted, equal ones each time.
 */
export function createImageLoader(
  { images }: Inference,
  readImage: ReadImage,
  limits: Limits,
  caller: Caller,
): (source: ImageSource) => Promise<EncodedImage> {
  let requested = 0;
  const loader = new DataLoader<ImageSource, EncodedImage, string | Uint8Array>(
    async (sources) => {
      checkImageCount(requested, limits);
      return Promise.all(
        sources.map((source) => images.encode(source, readImage, caller).catch(toError)),
      );
    },
    { cacheKeyFn: (source) => ('url' in source ? source.url : source.bytes) },
  );
  return (source) => {
    requested += 1;
    return loader.load(source);
  };
}

const toError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('not an error', { cause: error });
