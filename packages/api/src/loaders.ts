import { createImageLoader, type EncodedImage } from './image-loader.ts';
import type { ImageSource } from './images/image-source.ts';
import type { ReadImage } from './images/read-image.ts';
import { type EncodedLabels, encodeLabels } from './label-loader.ts';
import type { LoadedModel } from './models/loaded-model.ts';
import { createTextLoader, type EncodedText } from './text-loader.ts';

/**
 * What an operation gets images and texts encoded with. Calls made in one turn of the event loop
 * share a batch, and an equal one is answered from the first.
 */
export interface Loaders {
  /** @throws ApiError or ClipError for an image that cannot be had or read. */
  image(source: ImageSource): Promise<EncodedImage>;
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
 * @param maxImages the most images of the operation.
 */
export function createLoaders(
  model: LoadedModel,
  readImage: ReadImage,
  maxImages: number,
): Loaders {
  const text = createTextLoader(model.clip);
  return {
    image: createImageLoader(model, readImage, maxImages),
    text,
    labels: (labels, templates) =>
      encodeLabels(text, model.clip.info.contextLength, labels, templates),
  };
}
