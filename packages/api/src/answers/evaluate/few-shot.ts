import {
  confusionFigures,
  confusionMatrix,
  type LinearProbe,
  probeLogits,
  stratifiedFolds,
  trainLinearProbe,
} from '@clipql/core';
import { assess, highest, type ScoredImages } from './assess.ts';
import type { FewShot, ShotLevel } from './evaluation.ts';

export interface FewShotRequest {
  /** [N][E], in an order that is as good as random. */
  readonly images: readonly Float32Array[];
  readonly truths: readonly number[];
  /** [K][E]. */
  readonly texts: readonly Float32Array[];
  readonly logitScale: number;
  /** At least 2; as many as pictures, or more, leave one out. */
  readonly folds: number;
  /** Pictures of each class that are learned from, ascending. */
  readonly shots: readonly number[];
}

/**
 * Learns from some pictures of each class, and judges by the pictures of a fold that none of them is in.
 *
 * @returns undefined where no class has a picture to learn from and another to judge by.
 */
export function fewShot(
  request: FewShotRequest,
): { readonly figures: FewShot; readonly scored: ScoredImages } | undefined {
  const { truths, images } = request;
  const folds = Math.min(request.folds, images.length);
  const most = mostShots(truths, folds);
  // Beyond what the largest class has, a level would be the one before again.
  const wanted = request.shots.filter((_, i) => i === 0 || request.shots[i - 1]! < most);
  if (most === 0 || wanted.length === 0) return undefined;
  const shown = wanted.map((shots) => Math.min(shots, most));
  const levels: ShotLevel[] = [];
  let scored: ScoredImages | undefined;
  for (const shots of shown) {
    scored = { logits: logitsOf(request, folds, shots), truths };
    const predictions = scored.logits.map(highest);
    const matrix = confusionMatrix(request.texts.length, truths, predictions);
    const { accuracy, balancedAccuracy } = confusionFigures(matrix)!;
    levels.push({ shots, accuracy, balancedAccuracy });
  }
  const isLeaveOneOut = folds === images.length;
  return {
    figures: { folds, isLeaveOneOut, levels, assessment: assess(scored!) },
    scored: scored!,
  };
}

/** Of the largest class, what is left to learn from in every fold. */
function mostShots(truths: readonly number[], folds: number): number {
  const sizes = [...Map.groupBy(truths, (truth) => truth).values()].map((same) => same.length);
  return Math.max(0, ...sizes.map((size) => size - Math.ceil(size / folds)));
}

/** [N][K], each over its probe's temperature. */
function logitsOf(request: FewShotRequest, folds: number, shots: number): readonly Float64Array[] {
  const { images, truths } = request;
  const foldOf = stratifiedFolds(truths, folds);
  const logits = new Array<Float64Array>(images.length);
  for (let fold = 0; fold < folds; fold++) {
    const probe = train(request, learnedFrom(truths, foldOf, fold, shots));
    for (const [i, image] of images.entries()) {
      if (foldOf[i] !== fold) continue;
      logits[i] = calibratedLogits(probe, image);
    }
  }
  return logits;
}

/** [K]: what the probe's probabilities are a softmax of. */
export const calibratedLogits = (probe: LinearProbe, image: Float32Array): Float64Array =>
  probeLogits(probe, image).map((logit) => logit / probe.temperature);

function train(
  { images, truths, texts, logitScale }: FewShotRequest,
  chosen: readonly number[],
): LinearProbe {
  const embeddings = chosen.map((i) => images[i]!);
  const classes = chosen.map((i) => truths[i]!);
  return trainLinearProbe({ texts, examples: { embeddings, classes }, logitScale });
}

/** Up to so many pictures of each class from the other folds, others for each fold. */
function learnedFrom(
  truths: readonly number[],
  foldOf: readonly number[],
  fold: number,
  shots: number,
): readonly number[] {
  const others = [...truths.keys()].filter((i) => foldOf[i] !== fold);
  return [...Map.groupBy(others, (i) => truths[i]!).values()].flatMap((same) => {
    const start = (fold * shots) % same.length;
    return [...same.slice(start), ...same.slice(0, start)].slice(0, shots);
  });
}
