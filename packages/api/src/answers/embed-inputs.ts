import { ApiError } from '../errors/api-error.ts';
import type { GivenImage } from '../images/given-image.ts';
import type { ImageFacts } from '../inference/encoded.ts';
import { checkImageCount } from '../limits/images.ts';
import type { Limits } from '../limits/limits.ts';
import { checkPrompts, checkText, type PromptCount } from '../limits/texts.ts';
import type { Loaders } from '../loaders/loaders.ts';
import type { Context } from './context.ts';
import { answerEach, type InputFailure } from './outcome.ts';

/** An image or a text as a request gives it; one of the two is set. */
export interface GivenInput {
  readonly text?: string | null | undefined;
  readonly image?: GivenImage | null | undefined;
}

/** An image or a text in the space that both share. */
export interface EncodedInput {
  /** [E], as the model gives it. */
  readonly embedding: Float32Array;
  /** [E], of length 1. */
  readonly direction: Float32Array;
  /** Of a text, start and end tokens included. */
  readonly tokens?: number;
  /** Whether a text was longer than the model's context, and was cut. */
  readonly truncated?: boolean;
  /** Of an image. */
  readonly facts?: ImageFacts;
}

/**
 * Encodes images and texts, each for itself: one that fails leaves the others their embeddings.
 *
 * @throws ApiError TOO_MANY_IMAGES or TOO_MANY_PROMPTS.
 */
export async function encodeEach(
  loaders: Loaders,
  inputs: readonly GivenInput[],
  describe: Context['describe'],
): Promise<readonly (EncodedInput | InputFailure)[]> {
  checkInputs(inputs, loaders.limits);
  return answerEach(inputs, kindOf, (input) => encodeInput(loaders, input), describe);
}

/** @throws ApiError or ClipError for an image that cannot be had, ApiError for an overlong text. */
export async function encodeInput(
  loaders: Loaders,
  { text, image }: GivenInput,
): Promise<EncodedInput> {
  if (image) return loaders.image(await loaders.find(image));
  if (text == null) throw new ApiError('BAD_INPUT', 'expected a text or an image, got neither');
  checkText(text, loaders.limits);
  return loaders.text(text);
}

const kindOf = ({ image }: GivenInput) => (image ? 'image' : 'text');

/** What inputs cost, equal ones each time. */
export interface InputCount extends PromptCount {
  readonly images: number;
}

export function countInputs(
  inputs: readonly GivenInput[],
  { maxTextLength }: Pick<Limits, 'maxTextLength'>,
): InputCount {
  let images = 0;
  let prompts = 0;
  let characters = 0;
  for (const { image, text } of inputs) {
    if (image) images += 1;
    else prompts += 1;
    // One that is too long is its own failure, and is never tokenized.
    if (text != null && text.length <= maxTextLength) characters += text.length;
  }
  return { images, prompts, characters };
}

/** Before any work is done: a loader would see equal ones once. */
export function checkInputs(inputs: readonly GivenInput[], limits: Limits): void {
  const { images, ...texts } = countInputs(inputs, limits);
  checkImageCount(images, limits);
  checkPrompts(texts, limits);
}
