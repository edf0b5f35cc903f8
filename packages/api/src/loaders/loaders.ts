import { createImageFinder, type FindImage } from '../images/given-image.ts';
import type { ImageSource } from '../images/image-source.ts';
import type { ReadImage } from '../images/read-image.ts';
import type { EncodedImage, EncodedText, OccludedImage } from '../inference/encoded.ts';
import type { Limits } from '../limits/limits.ts';
import type { LoadedModel } from '../models/loaded-model.ts';
import { createImageLoader, type LoadedFile } from './image-loader.ts';
import { type EncodedLabels, encodeLabels } from './label-loader.ts';
import { createTextLoader } from './text-loader.ts';

/**
 * What an operation gets images and texts encoded with, and the only way to a forward pass. An
 * equal call is answered from the first; those of all operations share batches.
 */
export interface Loaders {
  /** What the operation may ask for. */
  readonly limits: Limits;
  /** Tells when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Where a given image's bytes are. */
  readonly find: FindImage;
  /** @throws ApiError or ClipError for an image that cannot be had or read. */
  image(source: ImageSource): Promise<EncodedImage>;
  /** For who keeps the file too. @throws as `image`. */
  imageFile(source: ImageSource): Promise<LoadedFile>;
  /** An image whole and with each part of it hidden, which counts as so many images. @throws as `image`. */
  occludedImage(source: ImageSource): Promise<OccludedImage>;
  text(text: string): Promise<EncodedText>;
  labels(labels: readonly string[], templates: readonly string[]): Promise<EncodedLabels>;
}

/** A model, and what to reach it by. */
export interface ModelSession {
  readonly model: LoadedModel;
  readonly loaders: Loaders;
}

/**
 * Loaders for one operation.
 *
 * @param signal tells when nobody waits for the answer any more.
 * @param party who asks, for whom work takes turns with others'.
 */
export function createLoaders(
  model: LoadedModel,
  readImage: ReadImage,
  limits: Limits,
  signal: AbortSignal,
  party = 'local',
): Loaders {
  const caller = { signal, account: { party, bytes: 0 } };
  const images = createImageLoader(model.inference, readImage, limits, caller);
  const text = createTextLoader(model.inference, limits, caller);
  return {
    limits,
    signal,
    find: createImageFinder(),
    image: images.load,
    imageFile: images.loadFile,
    occludedImage: images.loadOccluded,
    text,
    labels: (labels, templates) =>
      encodeLabels(text, model.clip.info.contextLength, labels, templates),
  };
}
