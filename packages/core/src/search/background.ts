import { ClipError } from '../errors.ts';
import { dot } from '../vectors.ts';

/** What a query is compared with: a model's embeddings of BACKGROUND_WORDS. */
export interface Background {
  /** Each [E], of length 1. */
  readonly prompts: readonly Float32Array[];
  /** What the model multiplies a cosine by: `clip.info.logitScale`. */
  readonly logitScale: number;
}

/**
 * How much an image is like the background as a whole: log Σ exp(logit scale · cosine) over the prompts, in
 * nats. A text's logit less this level is the log of its odds against all the background's words together,
 * by CLIP's own zero-shot classifier (https://arxiv.org/abs/2103.00020, section 3.1).
 *
 * It takes many images by way of a search index: each prompt's scores of all rows are added in turn.
 *
 * @example
 * ```ts
 * import { BackgroundLevels } from '@clipql/core';
 *
 * const levels = new BackgroundLevels(1, 10);
 * for (const cosine of [0.2, 0.3]) levels.add(Float32Array.of(cosine));
 * console.log(levels.finish()[0].toFixed(2)); // 3.31
 * ```
 */
export class BackgroundLevels {
  readonly #sums: Float64Array;
  readonly #logitScale: number;

  /** @param images how many. */
  constructor(images: number, logitScale: number) {
    this.#sums = new Float64Array(images);
    this.#logitScale = logitScale;
  }

  /**
   * Adds a prompt, for the images `from` to `to`; for all unless given.
   *
   * @param cosines of the prompt with each image; NaN for an image that is not there.
   * @example
   * ```ts
   * import { BackgroundLevels } from '@clipql/core';
   *
   * const levels = new BackgroundLevels(2, 10);
   * levels.add(Float32Array.of(0.2, 0.5), 1, 2);
   * console.log(levels.finish().join(' ')); // -Infinity 5
   * ```
   */
  add(cosines: Float32Array, from = 0, to = this.#sums.length): void {
    const scale = this.#logitScale;
    // Less the highest logit that there is, so that no exponential overflows.
    for (let i = from; i < to; i++) this.#sums[i]! += Math.exp(scale * (cosines[i]! - 1));
  }

  /**
   * The levels so far: one for each image, NaN where one is not there.
   *
   * @example
   * ```ts
   * import { BackgroundLevels } from '@clipql/core';
   *
   * const levels = new BackgroundLevels(2, 10);
   * levels.add(Float32Array.of(0.2, Number.NaN));
   * console.log(levels.finish().join(' ')); // 2 NaN
   * ```
   */
  finish(): Float32Array {
    return Float32Array.from(this.#sums, (sum) => Math.log(sum) + this.#logitScale);
  }
}

/**
 * The levels of images from their embeddings.
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
    throw new ClipError('BAD_INPUT', `expected embeddings of ${width} values, got ${odd.length}`);
  }
  const levels = new BackgroundLevels(images.length, logitScale);
  for (const prompt of prompts)
    levels.add(Float32Array.from(images, (image) => dot(prompt, image)));
  return levels.finish();
}
