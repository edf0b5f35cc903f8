import type { ImageSource } from '../images/image-source.ts';
import type { ImageFacts } from '../inference/encoded.ts';
import { checkText } from '../limits/texts.ts';
import type { Loaders } from '../loaders/loaders.ts';
import type { LoadedModel } from '../models/loaded-model.ts';
import type { Timing } from './classify.ts';

/** An embedding, and where it comes from. */
interface Embedding {
  /** [E] */
  readonly values: Float32Array;
  /** Whether its length is 1. */
  readonly normalized: boolean;
  readonly model: LoadedModel;
}

export interface EmbeddedImage extends Embedding {
  readonly image: ImageFacts;
  readonly timing: Timing;
}

export interface EmbeddedText extends Embedding {
  /** Start and end tokens included. */
  readonly tokens: number;
  /** Whether the text was longer than the model's context, and was cut. */
  readonly truncated: boolean;
}

/**
 * Embeds an image, as the API and the command line do.
 *
 * @throws ApiError or ClipError for an image that cannot be had or read.
 */
export async function embedImage(
  model: LoadedModel,
  loaders: Loaders,
  source: ImageSource,
  normalize: boolean,
): Promise<EmbeddedImage> {
  const start = performance.now();
  const { facts, embedding, direction, timing } = await loaders.image(source);
  const total = performance.now() - start;
  return {
    values: normalize ? direction : embedding,
    normalized: normalize,
    model,
    image: facts,
    timing: { ...timing, textEncoding: undefined, total },
  };
}

/**
 * Embeds a text, as the API and the command line do.
 *
 * @throws ApiError BAD_INPUT for an overlong text, TOO_MANY_PROMPTS for too many in one operation.
 */
export async function embedText(
  model: LoadedModel,
  loaders: Loaders,
  text: string,
  normalize: boolean,
): Promise<EmbeddedText> {
  checkText(text, loaders.limits);
  const { embedding, direction, tokens, truncated } = await loaders.text(text);
  return {
    values: normalize ? direction : embedding,
    normalized: normalize,
    model,
    tokens,
    truncated,
  };
}
