/**
 * How cosines become scores: `softmax` shares one among the labels, `sigmoid` judges each label
 * for itself, `cosine` leaves them as they are.
 */
export type ClassifyMode = (typeof CLASSIFY_MODES)[number];

export const CLASSIFY_MODES = ['softmax', 'sigmoid', 'cosine'] as const;

export interface ClassifyOptions {
  /** Hypothesis templates, each with `{}` for the label. `a photo of a {}.` unless given. */
  readonly templates?: readonly string[];
  /** `softmax` unless given. */
  readonly mode?: ClassifyMode;
}

export interface LabelScore {
  readonly label: string;
  /** Of the image's and the label's embedding, −1 to 1. */
  readonly cosine: number;
  /** exp(logit scale) · cosine, what the model was trained on. */
  readonly logit: number;
  /** By mode, 0 to 1; undefined in mode `cosine`. */
  readonly probability: number | undefined;
}

export interface Classification {
  /** The label with the highest cosine; of equals the first. */
  readonly best: LabelScore;
  /** One a label, in the order of the labels. */
  readonly scores: readonly LabelScore[];
}

/**
 * Compares an image's embedding with those of the labels.
 *
 * @param image [E], of length 1.
 * @param labelEmbeddings one [E] a label, of length 1.
 */
export function classifyEmbeddings(
  image: Float32Array,
  labels: readonly string[],
  labelEmbeddings: readonly Float32Array[],
  { mode, logitScale }: { mode: ClassifyMode; logitScale: number },
): Classification {
  const cosines = labelEmbeddings.map((embedding) => dot(image, embedding));
  const logits = cosines.map((cosine) => logitScale * cosine);
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
  softmax: (logits) => {
    const highest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const exponentials = logits.map((logit) => Math.exp(logit - highest));
    const sum = exponentials.reduce((a, b) => a + b, 0);
    return exponentials.map((value) => value / sum);
  },
  sigmoid: (logits) => logits.map((logit) => 1 / (1 + Math.exp(-logit))),
  cosine: () => [],
};

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
