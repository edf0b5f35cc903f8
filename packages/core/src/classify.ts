import { dot } from './vectors.ts';

/**
 * How similarity scores are turned into probabilities: `softmax` shares a probability of 1 among the
 * labels, `sigmoid` scores each label by itself, `cosine` gives no probabilities.
 */
export type ClassifyMode = (typeof CLASSIFY_MODES)[number];

export const CLASSIFY_MODES = ['softmax', 'sigmoid', 'cosine'] as const;

/** Options of {@link Clip.classify}. */
export interface ClassifyOptions {
  /** Hypothesis templates, each with `{}` for the label. `a photo of a {}.` unless given. */
  readonly templates?: readonly string[];
  /** The model's own unless given: `sigmoid` for SigLIP, else `softmax`. */
  readonly mode?: ClassifyMode;
}

/** How well one label fits an image. */
export interface LabelScore {
  readonly label: string;
  /** Of the image's and the label's embedding, −1 to 1. */
  readonly cosine: number;
  /** exp(logit scale) · cosine + logit bias, what the model was trained on. */
  readonly logit: number;
  /** By mode, 0 to 1; undefined in mode `cosine`. */
  readonly probability: number | undefined;
}

/** The scores of one image. */
export interface Classification {
  /** The label with the highest cosine; of equals the first. */
  readonly best: LabelScore;
  /** One a label, in the order of the labels. */
  readonly scores: readonly LabelScore[];
}

/**
 * Scores labels for an image from their embeddings, as CLIP's zero-shot classifier does: cosine, times
 * the logit scale, then a softmax (https://arxiv.org/abs/2103.00020, section 3.1.2).
 *
 * @param image [E], of length 1.
 * @param labels one for each embedding.
 * @param labelEmbeddings [labels][E], each of length 1.
 * @param options.logitScale exp of the checkpoint's `logit_scale`: `clip.info.logitScale`.
 * @returns a score for each label, in their order, and the best of them.
 * @throws TypeError for no labels.
 * @example
 * ```ts
 * import { classifyEmbeddings } from '@clipql/core';
 *
 * const image = Float32Array.of(1, 0);
 * const labelEmbeddings = [Float32Array.of(0.6, 0.8), Float32Array.of(0, 1)];
 * const options = { mode: 'softmax', logitScale: 5 } as const;
 * const { best } = classifyEmbeddings(image, ['cat', 'dog'], labelEmbeddings, options);
 * console.log(best.label, best.probability?.toFixed(2)); // cat 0.95
 * ```
 */
export function classifyEmbeddings(
  image: Float32Array,
  labels: readonly string[],
  labelEmbeddings: readonly Float32Array[],
  {
    mode,
    logitScale,
    logitBias = 0,
  }: { mode: ClassifyMode; logitScale: number; logitBias?: number },
): Classification {
  const cosines = labelEmbeddings.map((embedding) => dot(image, embedding));
  const logits = cosines.map((cosine) => logitScale * cosine + logitBias);
  const probabilities = PROBABILITIES[mode](logits);
  const scores = labels.map((label, i) => ({
    label,
    cosine: cosines[i]!,
    logit: logits[i]!,
    probability: probabilities[i],
  }));
  const best = scores.reduce((a, b) => (b.cosine > a.cosine ? b : a));
  return { best, scores };
}

const PROBABILITIES: Record<ClassifyMode, (logits: readonly number[]) => readonly number[]> = {
  softmax,
  sigmoid: (logits) => logits.map((logit) => 1 / (1 + Math.exp(-logit))),
  cosine: () => [],
};

/** Shares a probability of 1 by exp of the logits. */
export function softmax(logits: readonly number[]): number[] {
  const highest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const exponentials = logits.map((logit) => Math.exp(logit - highest));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((value) => value / sum);
}
