import {
  type ClassifyMode,
  classifyEmbeddings,
  DEFAULT_TEMPLATES,
  type LabelScore,
  type LinearProbe,
  probeLogits,
  probeProbabilities,
} from '@clipql/core';
import type { GivenImage } from '../images/given-image.ts';
import type { ImageSource } from '../images/image-source.ts';
import type { EncodedImage, ImageFacts, ImageTiming } from '../inference/encoded.ts';
import { checkRejection, checkTop } from '../limits/answers.ts';
import { checkImageCount } from '../limits/images.ts';
import { LoopSlices } from '../limits/loop-slices.ts';
import { checkLabels } from '../limits/texts.ts';
import type { EncodedLabels } from '../loaders/label-loader.ts';
import type { Loaders, ModelSession } from '../loaders/loaders.ts';
import type { LoadedModel } from '../models/loaded-model.ts';
import type { Context } from './context.ts';
import { answerEach, InputFailure } from './outcome.ts';

/** What an image, or each of several, is asked. */
export interface Question {
  readonly labels: readonly string[];
  /** Core's own unless given. */
  readonly templates?: readonly string[] | undefined;
  /** The model's own unless given: `sigmoid` if it was trained with one, else `softmax`. */
  readonly mode?: ClassifyMode | undefined;
  /** Only so many of the best scores; all unless given. */
  readonly topK?: number | undefined;
  readonly rejection?: Rejection | undefined;
  /** Where the labels' embeddings come from; the loaders unless given. */
  readonly encodeLabels?: ((session: ModelSession) => Promise<EncodedLabels>) | undefined;
  /** What pictures have taught of the labels, in their order; cosines alone decide unless given. */
  readonly probe?: LinearProbe | undefined;
}

/** When no label is good enough. */
export interface Rejection {
  /** A probability, or a cosine in mode `cosine`. */
  readonly below: number;
  /** What stands in place of the best label. */
  readonly label: string;
}

export interface ClassifyRequest extends Question {
  readonly image: ImageSource;
}

/** Milliseconds by stage. */
export interface Timing extends ImageTiming {
  /** For all texts of the operation; undefined where there were none. */
  readonly textEncoding: number | undefined;
  /** From the start to the answer; stages of one operation overlap. */
  readonly total: number;
}

export interface RankedScore extends LabelScore {
  /** The label's place among those asked, from 0. */
  readonly index: number;
}

/** An answer, with all that it rests on. */
export interface ImageClassification {
  /** The best one, or what stands for it when it was rejected. */
  readonly label: string;
  readonly rejected: boolean;
  /** Best first; of equals in the order of the labels. */
  readonly scores: readonly RankedScore[];
  readonly best: RankedScore;
  /** What the logits were divided by to calibrate the probabilities; undefined where they are not. */
  readonly temperature: number | undefined;
  readonly model: LoadedModel;
  readonly image: ImageFacts;
  readonly timing: Timing;
  /** The places of labels that were longer than the model's context, from 0. */
  readonly cutLabels: readonly number[];
  readonly warnings: readonly string[];
}

/**
 * Classifies an image, as the API and the command line do.
 *
 * @throws ApiError TOO_MANY_LABELS, TOO_MANY_PROMPTS or BAD_INPUT before any work is done; and what
 *   the loaders throw.
 */
export async function classifyImage(
  model: LoadedModel,
  loaders: Loaders,
  { image, ...question }: ClassifyRequest,
): Promise<ImageClassification> {
  checkQuestion(question, loaders);
  const start = performance.now();
  const [encoded, labels] = await Promise.all([
    loaders.image(image),
    encodeLabels({ model, loaders }, question),
  ]);
  return answer(model, question, encoded, labels, start);
}

/**
 * Asks several images the same. One that fails leaves the others their answers.
 *
 * @throws ApiError as {@link classifyImage} does for the question, TOO_MANY_IMAGES; and what the
 *   loaders throw for the labels.
 */
export async function classifyImages(
  session: ModelSession,
  images: readonly GivenImage[],
  question: Question,
  describe: Context['describe'],
): Promise<readonly (ImageClassification | InputFailure)[]> {
  checkQuestion(question, session.loaders);
  checkImageCount(images.length, session.loaders.limits);
  if (images.length === 0) return [];
  const start = performance.now();
  const { model, loaders } = session;
  const encode = async (image: GivenImage) => loaders.image(await loaders.find(image));
  const [outcomes, labels] = await Promise.all([
    answerEach(images, () => 'image', encode, describe),
    encodeLabels(session, question),
  ]);
  const slices = new LoopSlices();
  const answers: (ImageClassification | InputFailure)[] = [];
  for (const outcome of outcomes) {
    await slices.next();
    answers.push(
      outcome instanceof InputFailure ? outcome : answer(model, question, outcome, labels, start),
    );
  }
  return answers;
}

/** @throws ApiError as {@link classifyImage} does for the question. */
export function checkQuestion(
  { labels, templates, topK, mode, rejection }: Question,
  { limits }: ModelSession['loaders'],
): void {
  checkLabels(labels, templates ?? DEFAULT_TEMPLATES, limits);
  checkTop(topK ?? labels.length);
  if (rejection !== undefined) checkRejection(rejection.below, mode);
}

/** The embeddings that a question's labels are scored by. */
export async function encodeLabels(
  session: ModelSession,
  { labels, templates, encodeLabels: encode }: Question,
): Promise<EncodedLabels> {
  return encode?.(session) ?? session.loaders.labels(labels, templates ?? DEFAULT_TEMPLATES);
}

function answer(
  model: LoadedModel,
  question: Question,
  image: EncodedImage,
  encoded: EncodedLabels,
  start: number,
): ImageClassification {
  const { topK, rejection, probe } = question;
  const scores = scoreLabels(model, question, image.direction, encoded.embeddings)
    .map((score, index) => ({ ...score, index }))
    .sort((a, b) => b.logit - a.logit || b.cosine - a.cosine);
  const best = scores[0]!;
  const rejected = rejection !== undefined && (best.probability ?? best.cosine) < rejection.below;
  return {
    label: rejected ? rejection.label : best.label,
    rejected,
    scores: scores.slice(0, topK),
    best,
    temperature: probe?.temperature,
    model,
    image: image.facts,
    timing: {
      ...image.timing,
      textEncoding: encoded.textEncoding,
      total: performance.now() - start,
    },
    cutLabels: encoded.cut,
    warnings: encoded.warnings,
  };
}

/** @param image [E] @param embeddings [labels][E] @returns a score for each label, in their order. */
export function scoreLabels(
  model: LoadedModel,
  { labels, mode, probe }: Question,
  image: Float32Array,
  embeddings: readonly Float32Array[],
): readonly LabelScore[] {
  const { logitScale, logitBias, classifyMode } = model.clip.info;
  const { scores } = classifyEmbeddings(image, labels, embeddings, {
    mode: mode ?? classifyMode,
    logitScale,
    logitBias,
  });
  if (probe === undefined) return scores;
  const logits = probeLogits(probe, image);
  const probabilities = probeProbabilities(probe, image, logits);
  return scores.map((score, i) => ({
    ...score,
    logit: logits[i]!,
    probability: probabilities[i]!,
  }));
}
