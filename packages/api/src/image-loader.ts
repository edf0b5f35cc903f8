import { createHash } from 'node:crypto';
import { decodeImage, normalized, type PixelTensor, sniffImage } from '@clipql/core';
import DataLoader from 'dataloader';
import type { ImageSource } from './images/image-source.ts';
import type { ReadImage } from './images/read-image.ts';
import { checkImageCount } from './limits.ts';
import { mapLimited } from './map-limited.ts';
import type { LoadedModel } from './models/loaded-model.ts';

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

/** Milliseconds that each stage took, waits for others' work in it included. */
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

/** Images that are read and decoded at a time; each may hold a file and its pixels. */
const CONCURRENT_IMAGES = 4;

/**
 * Makes the images of one operation: equal addresses are read once, equal files decoded and encoded
 * once, and all of them go through the model in one call. One that fails fails alone.
 *
 * @param maxImages the most images of one batch, equal ones counted each time.
 */
export function createImageLoader(
  model: LoadedModel,
  readImage: ReadImage,
  maxImages: number,
): (source: ImageSource) => Promise<EncodedImage> {
  let requested = 0;
  const loader = new DataLoader<ImageSource, EncodedImage, string | Uint8Array>(
    async (sources) => {
      checkImageCount(requested, maxImages);
      return encodeImages(model, readImage, sources);
    },
    { cacheKeyFn: (source) => ('url' in source ? source.url : source.bytes) },
  );
  return (source) => {
    requested += 1;
    return loader.load(source);
  };
}

async function encodeImages(
  { clip, maxPixels }: LoadedModel,
  readImage: ReadImage,
  sources: readonly ImageSource[],
): Promise<(EncodedImage | Error)[]> {
  const pictures = new Map<string, Promise<Picture>>();

  const prepare = async (source: ImageSource): Promise<PreparedImage> => {
    const [bytes, fetch] =
      'url' in source ? await timed(() => readImage(source.url)) : [source.bytes, 0];
    const hash = createHash('sha256').update(bytes).digest('base64');
    const picture = pictures.get(hash) ?? decode({ clip, maxPixels }, bytes);
    pictures.set(hash, picture);
    return { ...(await picture), hash, fetch };
  };

  const images = await mapLimited(sources, CONCURRENT_IMAGES, (source) =>
    prepare(source).catch(toError),
  );
  const distinct = new Map<string, PixelTensor>();
  for (const image of images) {
    if (!(image instanceof Error)) distinct.set(image.hash, image.pixels);
  }
  const [encoded, imageEncoding] = await timed(() =>
    clip.encodeImages([...distinct.values()], { normalize: false }),
  );
  const hashes = [...distinct.keys()];
  const embeddings = new Map(
    encoded.map((embedding, i) => [hashes[i], { embedding, direction: normalized(embedding) }]),
  );
  return images.map((image) => {
    if (image instanceof Error) return image;
    const { facts, hash, fetch, timing } = image;
    return { facts, ...embeddings.get(hash)!, timing: { ...timing, fetch, imageEncoding } };
  });
}

interface Picture {
  readonly facts: ImageFacts;
  readonly pixels: PixelTensor;
  readonly timing: Pick<ImageTiming, 'decode' | 'preprocess'>;
}

interface PreparedImage extends Picture {
  readonly hash: string;
  readonly fetch: number;
}

async function decode(
  { clip, maxPixels }: Pick<LoadedModel, 'clip' | 'maxPixels'>,
  bytes: Uint8Array,
): Promise<Picture> {
  const limits = maxPixels === undefined ? {} : { maxPixels };
  const { format } = sniffImage(bytes, limits);
  const [rgb, decoding] = await timed(() => decodeImage(bytes, limits));
  const [pixels, preprocess] = await timed(() => clip.preprocess(rgb));
  const facts = { format, width: rgb.width, height: rgb.height, bytes: bytes.length };
  return { facts, pixels, timing: { decode: decoding, preprocess } };
}

/** A result, and the milliseconds that it took. */
async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
}

const toError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('not an error', { cause: error });
