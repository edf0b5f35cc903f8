import { checkExamples, type ProbeExamples } from './check-examples.ts';
import { chooseByFolds } from './cross-validation.ts';
import { descend, type ProbePrior } from './descent.ts';
import type { LinearProbe } from './linear-probe.ts';
import { type ProbeProblem, probeProblem } from './probe-problem.ts';

/** λ of the penalty on weights, from which cross-validation chooses: logits may move by about 1/√λ from zero-shot. */
const PRIORS = [100, 1, 0.1];
/** Of the loss of an example, on average: training ends when a step can be expected to lower it by less. */
const TOLERANCE = 1e-6;

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
 * Learns to tell classes apart from their texts and a few pictures, in embeddings alone. This is LP++, a linear probe whose
 * class weights blend text and pictures by a learned factor, with step sizes that follow from the data
 * (https://arxiv.org/abs/2404.02285).
 *
 * Three things differ from the paper. Training starts at the zero-shot classifier, alpha = logit scale and w = 0, so that no
 * pictures change nothing. A Gaussian prior holds it there, of a strength that 3-fold cross-validation over the pictures
 * chooses: without one, the loss of separable pictures has no minimum, and how much is forgotten of the texts depends on when
 * training stops. And the temperature makes the probabilities fit pictures that a probe did not see. The same pictures give
 * the same probe, in whatever order.
 *
 * A class without pictures keeps its text, beside classes with. With one picture a class nothing can be held out, and the
 * prior is the strongest, close to zero-shot.
 *
 * @throws ClipError BAD_INPUT for fewer than two classes, a class with neither text nor picture, embeddings of
 *   different sizes or not of length 1, NaN among them, and classes that there are not.
 * @example
 * ```ts
 * import { probeProbabilities, trainLinearProbe } from '@clipql/core';
 *
 * const texts = [Float32Array.of(0.6, 0.8), Float32Array.of(0.8, 0.6)];
 * // What the texts call 0 looks like what they call 1.
 * const embeddings = [0, 0.1, 0.2, 1.4, 1.5, 1.6].map((a) => Float32Array.of(Math.cos(a), Math.sin(a)));
 * const examples = { embeddings, classes: [0, 0, 0, 1, 1, 1] };
 * const image = Float32Array.of(0.8, 0.6);
 *
 * const zeroShot = trainLinearProbe({ texts, examples: { embeddings: [], classes: [] }, logitScale: 5 });
 * console.log(probeProbabilities(zeroShot, image)[0].toFixed(2)); // 0.45
 * const taught = trainLinearProbe({ texts, examples, logitScale: 5 });
 * console.log(probeProbabilities(taught, image)[0].toFixed(2)); // 0.67
 * ```
 */
export function trainLinearProbe({ texts, examples, logitScale }: ProbeTraining): LinearProbe {
  checkExamples(texts, examples, logitScale);
  if (examples.embeddings.length === 0) return zeroShot(texts, logitScale);
  const ordered = inOrder(examples);
  const width = ordered.embeddings[0]!.length;
  const meanText = meanOf(texts, width);
  const problem = probeProblem(
    texts.map((text) => text ?? meanText),
    ordered,
  );
  const hasText = texts.map((text) => text !== undefined);
  const priors = PRIORS.map((strength) => priorOf(problem, logitScale, strength));
  const { prior, temperature } = chooseByFolds(problem, hasText, priors);
  const { alpha, weights } = descend(problem, prior, TOLERANCE * ordered.classes.length);
  return {
    alpha: alpha.map((value, k) => (hasText[k] ? value : 0)),
    texts,
    weights: texts.map((text, k) =>
      Float32Array.from({ length: width }, (_, e) => {
        const weight = weights[e * texts.length + k]!;
        return text === undefined ? weight + alpha[k]! * meanText[e]! : weight;
      }),
    ),
    temperature,
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
 * A prior allows the two parts of a logit, f · w and (alpha − logit scale) · (f · t), the same standard deviation; of
 * the second by the mean square of the cosines.
 */
function priorOf({ textCosines }: ProbeProblem, logitScale: number, strength: number): ProbePrior {
  const meanSquare = textCosines.reduce((sum, cosine) => sum + cosine ** 2, 0) / textCosines.length;
  return { alpha: logitScale, weights: strength, alphas: strength * meanSquare };
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
