import { dot } from '@clipql/core';

/** A linear probe, logit_k = f · (w_k + alpha_k · t_k). */
export interface PublishedProbe {
  /** [K] */
  readonly alpha: Float64Array;
  /** [K][E] */
  readonly weights: readonly Float64Array[];
}

const STEPS = 300;
const MOMENTUM = 0.9;
const ALPHA_EVERY = 10;
/** Of the mean cosine of pictures with the text of their class. */
const START_ALPHA = 250;

/**
 * LP++ with the settings of its paper (https://arxiv.org/abs/2404.02285), in the plainest form and without a validation
 * set to choose a step by: no prior, weights from the class means, step sizes from the data.
 *
 * @param texts [K][E]
 * @param classes at least one picture of each.
 */
export function trainPublishedProbe(
  texts: readonly Float32Array[],
  embeddings: readonly Float32Array[],
  classes: readonly number[],
): PublishedProbe {
  const count = embeddings.length;
  const cosines = embeddings.map((image) => texts.map((text) => dot(image, text)));
  const own = texts.map((_, k) =>
    mean(cosines.filter((_, i) => classes[i] === k).map((row) => row[k]!)),
  );
  const alpha = new Float64Array(texts.length).fill(START_ALPHA * mean(own));
  const weights = texts.map((_, k) => meanOf(embeddings.filter((_, i) => classes[i] === k)));
  const velocity = weights.map((row) => new Float64Array(row.length));
  const step = (4 * count) / largestEigenvalue(embeddings);
  const squares = texts.map((_, k) => cosines.reduce((sum, row) => sum + row[k]! ** 2, 0));
  const alphaStep = count / (4 * Math.max(...squares));
  for (let i = 1; i <= STEPS; i++) {
    const residuals = embeddings.map((image, n) =>
      residual(
        weights.map((row, k) => dot(image, row) + alpha[k]! * cosines[n]![k]!),
        classes[n]!,
      ),
    );
    for (const [k, row] of weights.entries()) {
      const gradient = new Float64Array(row.length);
      for (const [n, image] of embeddings.entries()) {
        add(gradient, image, residuals[n]![k]! / count);
      }
      for (let e = 0; e < row.length; e++) {
        velocity[k]![e] = MOMENTUM * velocity[k]![e]! + gradient[e]!;
        row[e]! -= step * velocity[k]![e]!;
      }
    }
    if (i % ALPHA_EVERY !== 0) continue;
    for (let k = 0; k < alpha.length; k++) {
      const slope = residuals.reduce((sum, row, n) => sum + row[k]! * cosines[n]![k]!, 0) / count;
      alpha[k]! -= alphaStep * slope;
    }
  }
  return { alpha, weights };
}

/** softmax(logits), minus 1 for the right class. */
function residual(logits: readonly number[], right: number): number[] {
  const top = Math.max(...logits);
  const exponentials = logits.map((logit) => Math.exp(logit - top));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((value, k) => value / sum - (k === right ? 1 : 0));
}

/** Of FᵀF, by power iteration on F·Fᵀ. */
function largestEigenvalue(embeddings: readonly Float32Array[]): number {
  let sums = meanOf(embeddings);
  let eigenvalue = 0;
  for (let step = 0; step < 1000; step++) {
    const next = new Float64Array(sums.length);
    for (const image of embeddings) add(next, image, dot(image, sums));
    const quotient = dot(next, sums) / dot(sums, sums);
    const settled = Math.abs(quotient - eigenvalue) <= 1e-13 * quotient;
    eigenvalue = quotient;
    if (settled) break;
    const length = Math.sqrt(dot(next, next));
    sums = next.map((value) => value / length);
  }
  return eigenvalue;
}

function meanOf(vectors: readonly Float32Array[]): Float64Array {
  const sum = new Float64Array(vectors[0]!.length);
  for (const vector of vectors) add(sum, vector, 1 / vectors.length);
  return sum;
}

function add(to: Float64Array, vector: Float32Array, factor: number): void {
  for (let e = 0; e < to.length; e++) to[e]! += factor * vector[e]!;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
