import { ClipError, grouped } from '../errors.ts';
import { dot } from '../vectors.ts';

/** What a query is compared with: a model's embeddings of BACKGROUND_WORDS. */
export interface Background {
  /** Each [E], of length 1. */
  readonly prompts: readonly Float32Array[];
  /** What the model multiplies a cosine by: `clip.info.logitScale`. */
  readonly logitScale: number;
}

/**
 * How much images are like the background as a whole: log Σ exp(logit scale · cosine) over the prompts, in
 * nats. A text's logit less this level is the log of its odds against all the background's words together,
 * by CLIP's own zero-shot classifier (https://arxiv.org/abs/2103.00020, section 3.1). `FlatIndex.logSumExp` has those of
 * all rows.
 *
 * @param images each [E], of length 1.
 * @throws ClipError BAD_INPUT where a prompt has another length.
 * @example
 * ```ts
 * import { backgroundLevels } from '@clipql/core';
 *
 * const background = { prompts: [Float32Array.of(1, 0), Float32Array.of(0, 1)], logitScale: 10 };
 * const [level] = backgroundLevels(background, [Float32Array.of(1, 0)]);
 * console.log(level.toFixed(2)); // 10.00
 * ```
 */
export function backgroundLevels(
  { prompts, logitScale }: Background,
  images: readonly Float32Array[],
): Float32Array {
  const width = prompts[0]?.length;
  const odd = images.find((image) => image.length !== width);
  if (odd !== undefined) {
    throw new ClipError(
      'BAD_INPUT',
      `expected embeddings of ${grouped(width ?? 0)} values, got ${grouped(odd.length)}`,
    );
  }
  return Float32Array.from(images, (image) => {
    // Less the highest logit that there is, so that no exponential overflows.
    const sum = prompts.reduce(
      (sum, prompt) => sum + Math.exp(logitScale * (dot(prompt, image) - 1)),
      0,
    );
    return Math.log(sum) + logitScale;
  });
}
