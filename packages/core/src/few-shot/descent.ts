import { largestEigenvalue } from './gram.ts';
import type { ProbeProblem } from './probe-problem.ts';

/** How a probe is trained: where it starts, what holds it there, and how it descends. */
export interface DescentSettings {
  /** Of alpha, for every class. */
  readonly startAlpha: number;
  /** Weights start at zero, or at the mean of each class's examples. */
  readonly startWeights: 'zeros' | 'class-means';
  /** Of the penalty ½ · weightPrior · Σ_k ‖w_k‖². */
  readonly weightPrior: number;
  /** Of the penalty ½ · alphaPrior · Σ_k (alpha_k − startAlpha)². */
  readonly alphaPrior: number;
  /** Of the largest eigenvalue of FᵀF: the curvature that a step of the weights divides by, beside the prior. */
  readonly weightCurvature: number;
  /** Of the largest Σ_i (f_i · t_k)²: the curvature that a step of alpha divides by, beside the prior. */
  readonly alphaCurvature: number;
  readonly weightMomentum: number;
  readonly alphaMomentum: number;
  /** Alpha moves with each of so many steps of the weights. */
  readonly alphaEvery: number;
  readonly steps: number;
}

/** What training finds. */
export interface TrainedProbe {
  /** [K] */
  readonly alpha: Float64Array;
  /** [N,K]: w_k = Σ_i a_ik · f_i; zeros for what was not trained on. */
  readonly coefficients: Float64Array;
}

/**
 * Minimises Σ_i −ln softmax(alpha ∘ (f_i · t) + f_i · w)[class of i] plus the penalties, over the blocks w and alpha:
 * full-batch gradient steps, whose sizes are the inverse of bounds of each block's curvature.
 *
 * A class without an example among the members takes no part in the softmax: nothing tells it apart from the others,
 * and it would only learn what it is not. It gets the mean alpha and no weights.
 *
 * @param members the positions of the examples to train on, at least one.
 */
export function descend(
  problem: ProbeProblem,
  members: readonly number[],
  settings: DescentSettings,
): TrainedProbe {
  const { classes, gram } = problem;
  const taught = taughtClasses(problem, members);
  const steps = stepSizes(problem, members, taught, settings);
  const alpha = new Float64Array(classes).fill(settings.startAlpha);
  const alphaVelocity = new Float64Array(classes);
  const coefficients = startCoefficients(problem, members, settings);
  const velocity = new Float64Array(coefficients.length);
  const logits = new Float64Array(coefficients.length);
  const alphaGradient = new Float64Array(classes);
  for (let step = 1; step <= settings.steps; step++) {
    gram.multiply(coefficients, members, members, logits);
    alphaGradient.fill(0);
    for (const i of members) {
      const row = i * classes;
      softmaxResidual(problem, i, alpha, taught, logits);
      for (const k of taught) {
        const residual = logits[row + k]!;
        alphaGradient[k]! += residual * problem.textCosines[row + k]!;
        const gradient = residual + settings.weightPrior * coefficients[row + k]!;
        velocity[row + k] = settings.weightMomentum * velocity[row + k]! + gradient;
        coefficients[row + k]! -= steps.weights * velocity[row + k]!;
      }
    }
    if (step % settings.alphaEvery !== 0) continue;
    for (const k of taught) {
      const gradient = alphaGradient[k]! + settings.alphaPrior * (alpha[k]! - settings.startAlpha);
      alphaVelocity[k] = settings.alphaMomentum * alphaVelocity[k]! + gradient;
      alpha[k]! -= steps.alpha * alphaVelocity[k]!;
    }
  }
  const mean = taught.reduce((sum, k) => sum + alpha[k]!, 0) / taught.length;
  const isTaught = new Set(taught);
  return { alpha: alpha.map((value, k) => (isTaught.has(k) ? value : mean)), coefficients };
}

/** The classes that have an example among the members, in order. */
function taughtClasses({ targets }: ProbeProblem, members: readonly number[]): readonly number[] {
  return [...new Set(members.map((i) => targets[i]!))].sort((a, b) => a - b);
}

function startCoefficients(
  { classes, targets, gram }: ProbeProblem,
  members: readonly number[],
  { startWeights }: DescentSettings,
): Float64Array {
  const coefficients = new Float64Array(gram.size * classes);
  if (startWeights === 'zeros') return coefficients;
  const counts = new Float64Array(classes);
  for (const i of members) counts[targets[i]!]!++;
  for (const i of members) coefficients[i * classes + targets[i]!] = 1 / counts[targets[i]!]!;
  return coefficients;
}

function stepSizes(
  { classes, textCosines, gram }: ProbeProblem,
  members: readonly number[],
  taught: readonly number[],
  settings: DescentSettings,
): { readonly weights: number; readonly alpha: number } {
  let squares = 0;
  for (const k of taught) {
    let sum = 0;
    for (const i of members) sum += textCosines[i * classes + k]! ** 2;
    squares = Math.max(squares, sum);
  }
  const eigenvalue = largestEigenvalue(gram, members);
  const alphaBound = settings.alphaCurvature * squares + settings.alphaPrior;
  return {
    weights: 1 / (settings.weightCurvature * eigenvalue + settings.weightPrior),
    alpha: alphaBound > 0 ? 1 / alphaBound : 0,
  };
}

/** Turns row i of f · w into softmax − one-hot, over the taught classes. */
function softmaxResidual(
  { classes, targets, textCosines }: ProbeProblem,
  i: number,
  alpha: Float64Array,
  taught: readonly number[],
  logits: Float64Array,
): void {
  const row = i * classes;
  let top = Number.NEGATIVE_INFINITY;
  for (const k of taught) {
    logits[row + k]! += alpha[k]! * textCosines[row + k]!;
    top = Math.max(top, logits[row + k]!);
  }
  let sum = 0;
  for (const k of taught) {
    logits[row + k] = Math.exp(logits[row + k]! - top);
    sum += logits[row + k]!;
  }
  for (const k of taught) logits[row + k]! /= sum;
  logits[row + targets[i]!]! -= 1;
}
