import { dot } from '../vectors.ts';
import type { ProbeExamples } from './check-examples.ts';

/** What a probe is trained on: N examples of K classes, E values an embedding. */
export interface ProbeProblem {
  readonly classes: number;
  readonly width: number;
  /** [N]: the class of each example. */
  readonly targets: readonly number[];
  /** [N,E] */
  readonly features: Float64Array;
  /** [N,K]: the cosine of each example with the text of each class. */
  readonly textCosines: Float64Array;
}

/** @param texts [K][E] */
export function probeProblem(
  texts: readonly ArrayLike<number>[],
  { embeddings, classes: targets }: ProbeExamples,
): ProbeProblem {
  const classes = texts.length;
  const width = texts[0]!.length;
  const features = new Float64Array(embeddings.length * width);
  const textCosines = new Float64Array(embeddings.length * classes);
  for (const [i, embedding] of embeddings.entries()) {
    features.set(embedding, i * width);
    for (const [k, text] of texts.entries()) textCosines[i * classes + k] = dot(embedding, text);
  }
  return { classes, width, targets, features, textCosines };
}

/** The problem with some of its examples, by their positions. */
export function withExamples(problem: ProbeProblem, members: readonly number[]): ProbeProblem {
  const { classes, width, targets, features, textCosines } = problem;
  return {
    classes,
    width,
    targets: members.map((i) => targets[i]!),
    features: rows(features, width, members),
    textCosines: rows(textCosines, classes, members),
  };
}

function rows(matrix: Float64Array, width: number, members: readonly number[]): Float64Array {
  const out = new Float64Array(members.length * width);
  for (const [at, i] of members.entries()) {
    out.set(matrix.subarray(i * width, (i + 1) * width), at * width);
  }
  return out;
}
