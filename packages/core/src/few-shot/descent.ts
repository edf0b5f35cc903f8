import { coordinatesOf } from './coordinates.ts';
import { inverseOfPositiveDefinite, product, transposedProduct } from './matrix.ts';
import { ProbeLoss } from './probe-loss.ts';
import type { ProbeProblem } from './probe-problem.ts';

/** What holds a probe near zero-shot classification. */
export interface ProbePrior {
  /** Where alpha starts, for every class. */
  readonly alpha: number;
  /** λ of the penalty ½ · λ · Σ_k ‖w_k‖². */
  readonly weights: number;
  /** μ of the penalty ½ · μ · Σ_k (alpha_k − alpha)². */
  readonly alphas: number;
}

/** What training finds. */
export interface TrainedProbe {
  /** [K] */
  readonly alpha: Float64Array;
  /** [E,K] */
  readonly weights: Float64Array;
}

/** Weights θ [D,K] in coordinates of the examples, their projections X·θ [N,K], and alphas [K]. */
interface Point {
  readonly theta: Float64Array;
  readonly projections: Float64Array;
  readonly alpha: Float64Array;
}

interface Gradient {
  /** [D,K] */
  readonly theta: Float64Array;
  /** [K] */
  readonly alpha: Float64Array;
}

const MOST_STEPS = 300;

/**
 * Minimises Σ_i −ln softmax_k(alpha_k · (f_i · t_k) + f_i · w_k)[class of i] plus the penalties of the prior. As in LP++,
 * each block, weights and alphas, moves towards the minimum of a quadratic function that lies above the loss and follows
 * from the data: the Hessian of a softmax, diag(p) − p·pᵀ, is at most ½·I (Böhning 1992,
 * https://doi.org/10.1007/BF00048682). Here these moves are made conjugate (Polak–Ribière) and taken together as far as the
 * loss falls, which needs tens of steps where fixed step sizes need hundreds.
 *
 * Classes without an example take no part in the softmax: that there are no pictures of them says nothing of how often they
 * are to come. They get the mean alpha and no weights, which is where they stand level with the others, whose weights have
 * a mean of zero.
 *
 * @param tolerance training ends when a step can be expected to lower the loss by less.
 * @param coordinates of the examples, for those who train on the same ones several times.
 */
export function descend(
  problem: ProbeProblem,
  prior: ProbePrior,
  tolerance: number,
  coordinates = coordinatesOf(problem.features, problem.width),
): TrainedProbe {
  const taught = [...new Set(problem.targets)].sort((a, b) => a - b);
  const classes = taught.length;
  const loss = taughtLoss(problem, taught);
  const { dimensions, examples, products, weights } = coordinates;
  const inverse = inverseOfPositiveDefinite(
    products.map((value, i) => value / 2 + (i % (dimensions + 1) === 0 ? prior.weights : 0)),
    dimensions,
  );
  const bounds = alphaCurvatures(loss.cosines, classes).map((bound) => bound + prior.alphas || 1);
  const at = origin(dimensions, problem.targets.length, classes);
  at.alpha.fill(prior.alpha);
  const direction = origin(dimensions, problem.targets.length, classes);
  let before: Gradient | undefined;
  let lengthBefore = 1;
  for (let step = 0; step < MOST_STEPS; step++) {
    const residuals = loss.residuals(at);
    const gradient = {
      theta: transposedProduct(examples, residuals, dimensions, classes),
      alpha: loss.byAlpha(residuals),
    };
    add(gradient.theta, at.theta, prior.weights);
    for (let k = 0; k < classes; k++)
      gradient.alpha[k]! += prior.alphas * (at.alpha[k]! - prior.alpha);
    const move = {
      theta: product(inverse, gradient.theta, dimensions, classes),
      alpha: gradient.alpha.map((value, k) => value / bounds[k]!),
    };
    const length = innerProduct(gradient, move);
    if (length <= tolerance) break;
    const shared = before === undefined ? length : innerProduct(before, move);
    const keep = Math.max(0, (length - shared) / lengthBefore);
    advance(direction.theta, move.theta, keep);
    advance(direction.projections, product(examples, move.theta, dimensions, classes), keep);
    advance(direction.alpha, move.alpha, keep);
    const stepSize = lineMinimum(loss, prior, at, direction);
    add(at.theta, direction.theta, stepSize);
    add(at.projections, direction.projections, stepSize);
    add(at.alpha, direction.alpha, stepSize);
    before = gradient;
    lengthBefore = length;
  }
  return spreadOver(problem, taught, at.alpha, weights(at.theta, classes));
}

const LINE_STEPS = 30;
/** The slope that is left, of that at the start. */
const LINE_PRECISION = 0.05;

/**
 * How far along a direction the penalised loss falls: Newton's method, within a bracket as soon as there is one. The
 * slope there is not above zero, so the loss, which is convex, is never higher than at the start.
 */
function lineMinimum(loss: ProbeLoss, prior: ProbePrior, at: Point, direction: Point): number {
  const logits = loss.logits(at);
  const changes = loss.logits(direction);
  const fromStart = at.alpha.map((value) => value - prior.alpha);
  const slope =
    prior.weights * sumOfProducts(at.theta, direction.theta) +
    prior.alphas * sumOfProducts(fromStart, direction.alpha);
  const curvature =
    prior.weights * sumOfProducts(direction.theta, direction.theta) +
    prior.alphas * sumOfProducts(direction.alpha, direction.alpha);
  let least = 0;
  let most = Number.POSITIVE_INFINITY;
  let t = 0;
  let atStart = 0;
  for (let step = 0; step < LINE_STEPS; step++) {
    const along = loss.along(logits, changes, t);
    const total = along.slope + slope + t * curvature;
    if (step === 0) atStart = Math.abs(total);
    if (total > 0) most = t;
    else least = t;
    if (total <= 0 && -total <= LINE_PRECISION * atStart && step > 0) break;
    const next = t - total / (along.curvature + curvature);
    const isInside = next > least && next < most;
    if (most === Number.POSITIVE_INFINITY)
      t = isInside ? Math.min(next, 4 * least + 4) : 2 * least + 1;
    else t = isInside ? next : (least + most) / 2;
  }
  return least;
}

/** The loss over the classes that have examples. */
function taughtLoss(
  { classes, targets, textCosines }: ProbeProblem,
  taught: readonly number[],
): ProbeLoss {
  const cosines = new Float64Array(targets.length * taught.length);
  for (let i = 0; i < targets.length; i++) {
    for (const [column, k] of taught.entries()) {
      cosines[i * taught.length + column] = textCosines[i * classes + k]!;
    }
  }
  return new ProbeLoss(
    cosines,
    targets.map((target) => taught.indexOf(target)),
  );
}

/** ½ · Σ_i (f_i · t_k)² for each class: what bounds the curvature of the loss in alpha. */
function alphaCurvatures(cosines: Float64Array, classes: number): Float64Array {
  const bounds = new Float64Array(classes);
  for (let j = 0; j < cosines.length; j++) bounds[j % classes]! += cosines[j]! ** 2 / 2;
  return bounds;
}

const origin = (dimensions: number, examples: number, classes: number): Point => ({
  theta: new Float64Array(dimensions * classes),
  projections: new Float64Array(examples * classes),
  alpha: new Float64Array(classes),
});

const innerProduct = (a: Gradient, b: Gradient): number =>
  sumOfProducts(a.theta, b.theta) + sumOfProducts(a.alpha, b.alpha);

function sumOfProducts(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}

/** direction = keep · direction − move */
function advance(direction: Float64Array, move: Float64Array, keep: number): void {
  for (let j = 0; j < direction.length; j++) direction[j] = keep * direction[j]! - move[j]!;
}

function add(to: Float64Array, direction: Float64Array, factor: number): void {
  for (let j = 0; j < to.length; j++) to[j]! += factor * direction[j]!;
}

function spreadOver(
  { classes, width }: ProbeProblem,
  taught: readonly number[],
  alpha: Float64Array,
  weights: Float64Array,
): TrainedProbe {
  const mean = alpha.reduce((sum, value) => sum + value, 0) / taught.length;
  const everyAlpha = new Float64Array(classes).fill(mean);
  const everyWeight = new Float64Array(width * classes);
  for (const [column, k] of taught.entries()) {
    everyAlpha[k] = alpha[column]!;
    for (let e = 0; e < width; e++) {
      everyWeight[e * classes + k] = weights[e * taught.length + column]!;
    }
  }
  return { alpha: everyAlpha, weights: everyWeight };
}
