import type { Context } from './context.ts';
import { cutWarning } from './cut-texts.ts';
import { ApiError } from './errors.ts';
import type { ImageFacts } from './image-loader.ts';
import type { GivenImage } from './images/given-image.ts';
import { checkImageCount, checkPrompts, checkText, checkTop, type Limits } from './limits.ts';
import type { Loaders, ModelSession } from './loaders.ts';
import { answerEach, InputFailure } from './outcome.ts';

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
async function encodeInput(loaders: Loaders, { text, image }: GivenInput): Promise<EncodedInput> {
  if (image) return loaders.image(await loaders.find(image));
  if (text == null) throw new ApiError('BAD_INPUT', 'expected a text or an image, got neither');
  checkText(text, loaders.limits);
  return loaders.text(text);
}

/** A candidate by its likeness to the query. */
export interface RankedCandidate {
  /** Its place among the candidates, from 0. */
  readonly index: number;
  /** −1 to 1. */
  readonly cosine: number;
}

export interface Ranking extends Pick<ModelSession, 'model'> {
  /** Best first; of equals in the order of the candidates. */
  readonly ranked: readonly RankedCandidate[];
  readonly failures: readonly InputFailure[];
  /** One line for each text that was longer than the model's context, and was cut. */
  readonly warnings: readonly string[];
}

/**
 * Orders candidates by their cosine with a query.
 *
 * @param topK only so many of the best; all unless given.
 * @throws as {@link encodeInput} does for the query, ApiError TOO_MANY_IMAGES or TOO_MANY_PROMPTS.
 */
export async function rankCandidates(
  { model, loaders }: ModelSession,
  query: GivenInput,
  candidates: readonly GivenInput[],
  topK: number | undefined,
  describe: Context['describe'],
): Promise<Ranking> {
  checkTop(topK ?? 1);
  checkInputs([query, ...candidates], loaders.limits);
  const [encoded, outcomes] = await Promise.all([
    encodeInput(loaders, query),
    encodeEach(loaders, candidates, describe),
  ]);
  const warnings = cutWarnings(model, [
    ['the query', query, encoded],
    ...outcomes.map((outcome, i) => [`candidate ${i}`, candidates[i]!, outcome] as const),
  ]);
  const failures: InputFailure[] = [];
  const ranked: RankedCandidate[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome instanceof InputFailure) failures.push(outcome);
    else ranked.push({ index, cosine: cosineOf(encoded.direction, outcome.direction) });
  }
  ranked.sort((a, b) => b.cosine - a.cosine);
  return { model, ranked: ranked.slice(0, topK), failures, warnings };
}

/** How alike two inputs are. */
export interface Likeness extends Pick<ModelSession, 'model'> {
  /** −1 to 1. */
  readonly cosine: number;
  /** As those of a {@link Ranking}. */
  readonly warnings: readonly string[];
}

/** @throws as {@link encodeInput} does. */
export async function similarity(
  { model, loaders }: ModelSession,
  a: GivenInput,
  b: GivenInput,
): Promise<Likeness> {
  const [first, second] = await Promise.all([encodeInput(loaders, a), encodeInput(loaders, b)]);
  const warnings = cutWarnings(model, [
    ['a', a, first],
    ['b', b, second],
  ]);
  return { model, cosine: cosineOf(first.direction, second.direction), warnings };
}

function cutWarnings(
  { clip }: ModelSession['model'],
  inputs: readonly (readonly [
    what: string,
    given: GivenInput,
    outcome: EncodedInput | InputFailure,
  ])[],
): readonly string[] {
  return inputs.flatMap(([what, { text }, outcome]) =>
    outcome instanceof InputFailure || !outcome.truncated || text == null
      ? []
      : [cutWarning(what, text, clip.info.contextLength)],
  );
}

const kindOf = ({ image }: GivenInput) => (image ? 'image' : 'text');

/** Before any work is done: a loader would see equal ones once. */
function checkInputs(inputs: readonly GivenInput[], limits: Limits): void {
  let images = 0;
  let prompts = 0;
  let characters = 0;
  for (const { image, text } of inputs) {
    if (image) images += 1;
    else prompts += 1;
    // One that is too long is its own failure, and is never tokenized.
    if (text != null && text.length <= limits.maxTextLength) characters += text.length;
  }
  checkImageCount(images, limits);
  checkPrompts({ prompts, characters }, limits);
}

/** Of vectors of length 1. Rounding may lead a little out of −1 to 1. */
function cosineOf(a: Float32Array, b: Float32Array): number {
  const dot = a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  return Math.min(1, Math.max(-1, dot));
}
