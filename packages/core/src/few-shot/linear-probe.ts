import { softmax } from '../classify.ts';
import { dot } from '../vectors.ts';

/**
 * A linear classifier over image embeddings that blends what a class is called with what its pictures look like, as
 * LP++ has it (https://arxiv.org/abs/2404.02285): logit_k = alpha_k · (f · t_k) + f · w_k. K classes, E values an
 * embedding. All fields are plain data, which can be stored.
 */
export interface LinearProbe {
  /** [K]: how much each class's text counts; the model's logit scale for all if there are no pictures. */
  readonly alpha: Float64Array;
  /** [K][E], of length 1; undefined for a class that is known by its pictures alone. */
  readonly texts: readonly (Float32Array | undefined)[];
  /** [K][E]: what the pictures of each class taught; zeros for a class without pictures. */
  readonly weights: readonly Float32Array[];
  /** Logits are divided by it for probabilities; 1 if there are no pictures. */
  readonly temperature: number;
}

/**
 * The logits of an image for each class, not calibrated. Without pictures they are exactly those of
 * {@link classifyEmbeddings}.
 *
 * @param embedding [E], of length 1.
 * @returns [K].
 * @example
 * ```ts
 * import { probeLogits } from '@clipql/core';
 *
 * const probe = {
 *   alpha: Float64Array.of(10, 10),
 *   texts: [Float32Array.of(1, 0), Float32Array.of(0, 1)],
 *   weights: [Float32Array.of(0, 2), Float32Array.of(0, -2)],
 *   temperature: 1,
 * };
 * console.log([...probeLogits(probe, Float32Array.of(0, 1))].join(' ')); // 2 8
 * ```
 */
export function probeLogits(probe: LinearProbe, embedding: Float32Array): Float64Array {
  return probe.alpha.map((alpha, k) => {
    const text = probe.texts[k];
    const blended = text === undefined ? 0 : alpha * dot(embedding, text);
    return blended + dot(embedding, probe.weights[k]!);
  });
}

/**
 * The calibrated probability of each class: softmax(logits / temperature).
 *
 * @param embedding [E], of length 1.
 * @param logits [K]: those of {@link probeLogits}, for those who have them.
 * @returns [K], with a sum of 1.
 * @example
 * ```ts
 * import { probeProbabilities } from '@clipql/core';
 *
 * const probe = {
 *   alpha: Float64Array.of(10, 10),
 *   texts: [Float32Array.of(1, 0), Float32Array.of(0, 1)],
 *   weights: [Float32Array.of(0, 0), Float32Array.of(0, 0)],
 *   temperature: 5,
 * };
 * const probabilities = probeProbabilities(probe, Float32Array.of(0, 1));
 * console.log([...probabilities].map((value) => value.toFixed(2)).join(' ')); // 0.12 0.88
 * ```
 */
export function probeProbabilities(
  probe: LinearProbe,
  embedding: Float32Array,
  logits: Float64Array = probeLogits(probe, embedding),
): Float64Array {
  return Float64Array.from(softmax(Array.from(logits, (logit) => logit / probe.temperature)));
}
