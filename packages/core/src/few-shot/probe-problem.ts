import { dot } from '../vectors.ts';
import type { ProbeExamples } from './check-examples.ts';
import { exampleGram, type Gram } from './gram.ts';

/**
 * What training reads of examples f [N,E] and texts t [K,E]. Weights are always sums of examples, w_k = Σ_i a_ik · f_i,
 * so training moves the coefficients a [N,K] and never needs E values a class.
 */
export interface ProbeProblem {
  /** K. */
  readonly classes: number;
  /** [N]: the class of each example. */
  readonly targets: readonly number[];
  /** [N,K]: f_i · t_k; for a class without text f_i · t̄, the mean of the others. */
  readonly textCosines: Float64Array;
  readonly gram: Gram;
}

/** @param meanText t̄ [E]: stands for the text of a class without one. */
export function probeProblem(
  texts: readonly (Float32Array | undefined)[],
  meanText: Float64Array,
  { embeddings, classes: targets }: ProbeExamples,
): ProbeProblem {
  const classes = texts.length;
  const textCosines = new Float64Array(embeddings.length * classes);
  for (const [i, embedding] of embeddings.entries()) {
    for (const [k, text] of texts.entries()) {
      textCosines[i * classes + k] = dot(embedding, text ?? meanText);
    }
  }
  return { classes, targets, textCosines, gram: exampleGram(embeddings) };
}
