import {
  type ClassifyMode,
  classifyEmbeddings,
  DEFAULT_TEMPLATES,
  type LabelScore,
} from '@clipql/core';
import type { ImageFacts, ImageTiming } from './image-loader.ts';
import type { ImageSource } from './images/image-source.ts';
import { checkLabels } from './limits.ts';
import type { Loaders } from './loaders.ts';
import type { LoadedModel } from './models/loaded-model.ts';

export interface ClassifyRequest {
  readonly image: ImageSource;
  readonly labels: readonly string[];
  /** Core's own unless given. */
  readonly templates?: readonly string[] | undefined;
  readonly mode: ClassifyMode;
}

/** Milliseconds by stage. */
export interface Timing extends ImageTiming {
  /** For all texts of the operation; undefined where there were none. */
  readonly textEncoding: number | undefined;
  /** From the start to the answer; stages of one operation overlap. */
  readonly total: number;
}

/** An answer, with all that it rests on. */
export interface ImageClassification {
  /** Best first; of equals in the order of the labels. */
  readonly scores: readonly LabelScore[];
  readonly best: LabelScore;
  readonly model: LoadedModel;
  readonly image: ImageFacts;
  readonly timing: Timing;
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
  { image: source, labels, templates = DEFAULT_TEMPLATES, mode }: ClassifyRequest,
): Promise<ImageClassification> {
  checkLabels(labels, templates);
  const start = performance.now();
  const [image, { embeddings, warnings, textEncoding }] = await Promise.all([
    loaders.image(source),
    loaders.labels(labels, templates),
  ]);
  const { logitScale } = model.clip.info;
  const { best, scores } = classifyEmbeddings(image.direction, labels, embeddings, {
    mode,
    logitScale,
  });
  return {
    scores: scores.toSorted((a, b) => b.cosine - a.cosine),
    best,
    model,
    image: image.facts,
    timing: { ...image.timing, textEncoding, total: performance.now() - start },
    warnings,
  };
}
