import { calibrate } from './calibrate.ts';
import { checkExamples, type ProbeExamples } from './check-examples.ts';
import { type DescentSettings, descend, type TrainedProbe } from './descent.ts';
import type { LinearProbe } from './linear-probe.ts';
import { type ProbeProblem, probeProblem } from './probe-problem.ts';

/** What {@link trainLinearProbe} learns from. */
export interface ProbeTraining {
  /** [K][E], of length 1: the text embedding of each class; undefined for a class of pictures alone. */
  readonly texts: readonly (Float32Array | undefined)[];
  /** Pictures of any of the classes; none are needed of a class with a text. */
  readonly examples: ProbeExamples;
  /** exp of the checkpoint's `logit_scale`: `clip.info.logitScale`. */
  readonly logitScale: number;
}

/**
 * Learns to tell classes apart from their texts and a few pictures, in embeddings alone: LP++, a linear probe whose
 * class weights blend text and pictures by a learned factor, with step sizes that follow from the data and no
 * validation set (https://arxiv.org/abs/2404.02285).
 *
 * Two things are ours. Training starts at the zero-shot classifier, alpha = logit scale and w = 0, so that no
 * pictures change nothing. And a Gaussian prior holds it there: moving logits by about 1 costs as much as a picture's
 * likelihood can give. Without it the loss of a few separable pictures has no minimum, and how much is forgotten of
 * the texts depends on when training stops. The minimum is unique, and the order of the examples does not matter.
 *
 * The temperature makes the probabilities fit held-out pictures: each is judged by a probe that was trained without
 * it.
 *
 * @throws ClipError BAD_INPUT for fewer than two classes, a class with neither text nor picture, embeddings of
 *   different sizes or not of length 1, NaN among them, and classes that there are not.
 * @example
 * ```ts
 * import { probeProbabilities, trainLinearProbe } from '@clipql/core';
 *
 * const texts = [Float32Array.of(0.6, 0.8), Float32Array.of(0.8, 0.6)];
 * const pictures = [Float32Array.of(1, 0), Float32Array.of(0, 1)];
 * const image = Float32Array.of(0.8, 0.6);
 *
 * const zeroShot = trainLinearProbe({ texts, examples: { embeddings: [], classes: [] }, logitScale: 5 });
 * console.log(probeProbabilities(zeroShot, image)[0]!.toFixed(2)); // 0.45
 * ```
 */
export function trainLinearProbe({ texts, examples, logitScale }: ProbeTraining): LinearProbe {
  checkExamples(texts, examples, logitScale);
  if (examples.embeddings.length === 0) return zeroShot(texts, logitScale);
  const ordered = inOrder(examples);
  const meanText = meanOf(texts, ordered.embeddings[0]!.length);
  const problem = probeProblem(texts, meanText, ordered);
  const settings = probeSettings(problem, logitScale);
  const everyExample = ordered.classes.map((_, i) => i);
  const trained = descend(problem, everyExample, settings);
  return {
    alpha: trained.alpha.map((value, k) => (texts[k] === undefined ? 0 : value)),
    texts,
    weights: texts.map((text, k) => {
      const weights = weightsOf(trained, k, ordered.embeddings);
      if (text !== undefined) return Float32Array.from(weights);
      return Float32Array.from(weights, (value, e) => value + trained.alpha[k]! * meanText[e]!);
    }),
    temperature: calibrate(problem, texts, settings),
  };
}

function zeroShot(texts: ProbeTraining['texts'], logitScale: number): LinearProbe {
  return {
    alpha: new Float64Array(texts.length).fill(logitScale),
    texts,
    weights: texts.map((text) => new Float32Array(text!.length)),
    temperature: 1,
  };
}

/**
 * The weights' prior allows a logit, f · w, a standard deviation of 1; that of alpha allows the same of alpha · (f · t),
 * by the mean square of the cosines.
 */
function probeSettings({ textCosines }: ProbeProblem, logitScale: number): DescentSettings {
  const meanSquare = textCosines.reduce((sum, cosine) => sum + cosine ** 2, 0) / textCosines.length;
  return {
    startAlpha: logitScale,
    startWeights: 'zeros',
    weightPrior: 1,
    alphaPrior: meanSquare,
    weightCurvature: 1 / 2,
    alphaCurvature: 1 / 2,
    weightMomentum: 0.9,
    alphaMomentum: 0.9,
    alphaEvery: 1,
    steps: 300,
  };
}

/** By class and then by value, so that sums and folds do not depend on the order in which pictures were added. */
function inOrder({ embeddings, classes }: ProbeExamples): ProbeExamples {
  const order = classes.map((_, i) => i);
  order.sort((a, b) => classes[a]! - classes[b]! || compare(embeddings[a]!, embeddings[b]!));
  return {
    embeddings: order.map((i) => embeddings[i]!),
    classes: order.map((i) => classes[i]!),
  };
}

function compare(a: Float32Array, b: Float32Array): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

function meanOf(texts: ProbeTraining['texts'], width: number): Float64Array {
  const mean = new Float64Array(width);
  const given = texts.filter((text) => text !== undefined);
  for (const text of given) {
    for (let e = 0; e < width; e++) mean[e]! += text[e]! / given.length;
  }
  return mean;
}

function weightsOf(
  { alpha, coefficients }: TrainedProbe,
  k: number,
  embeddings: readonly Float32Array[],
): Float64Array {
  const weights = new Float64Array(embeddings[0]!.length);
  for (const [i, embedding] of embeddings.entries()) {
    const coefficient = coefficients[i * alpha.length + k]!;
    if (coefficient === 0) continue;
    for (let e = 0; e < weights.length; e++) weights[e]! += coefficient * embedding[e]!;
  }
  return weights;
}
