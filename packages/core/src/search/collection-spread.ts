import { dot } from '../vectors.ts';
import { type Background, backgroundLevels } from './background.ts';

/** Where a collection's items lie, and how far scores of them vary. */
export interface CollectionSpread {
  readonly logitScale: number;
  /** [E] of the items. */
  readonly itemMean: Float32Array;
  /** [E] what is taken away from an image before it is mixed: the mean, less far out for few items. */
  readonly imageMean: Float32Array;
  /** Standard deviation of an image's scores of other items, once the mean is taken away. */
  readonly imageDeviation: number;
  /** Standard deviation of a background word's log odds, in nats. */
  readonly textDeviation: number;
  /** Mean level of the items. */
  readonly levelMean: number;
}

/** With this many items, the mean of images counts half: it is hardly known. */
const MEAN_WEIGHT = 8;
/** A background word in so many is enough to know how far log odds vary. */
const PROMPT_STEP = 8;
/** Where items are too few or too equal to tell. */
const USUAL_IMAGE_DEVIATION = 0.2;
const USUAL_TEXT_DEVIATION = 3;
const FEWEST_ITEMS = 3;

/**
 * Measures a collection by some of its items: 256 drawn at random are enough.
 *
 * @param images each [E], of length 1; may be none.
 * @param levels of the images, by `backgroundLevels`; computed unless given.
 * @example
 * ```ts
 * import { collectionSpread } from '@clipql/core';
 *
 * const background = { prompts: [Float32Array.of(1, 0)], logitScale: 10 };
 * const { itemMean } = collectionSpread([Float32Array.of(1, 0), Float32Array.of(0, 1)], background);
 * console.log([...itemMean].join(' ')); // 0.5 0.5
 * ```
 */
export function collectionSpread(
  images: readonly Float32Array[],
  background: Background,
  levels: Float32Array = backgroundLevels(background, images),
): CollectionSpread {
  const { prompts, logitScale } = background;
  const itemMean = meanOf(images, prompts[0]!.length);
  const known = images.length / (images.length + MEAN_WEIGHT);
  const imageMean = itemMean.map((value) => value * known);
  const logOdds = prompts
    .filter((_, i) => i % PROMPT_STEP === 0)
    .flatMap((prompt) => images.map((image, i) => logitScale * dot(prompt, image) - levels[i]!));
  const centered = images.map((image) => image.map((value, i) => value - imageMean[i]!));
  const products = centered.flatMap((image, i) =>
    images.slice(i + 1).map((other) => dot(image, other)),
  );
  const isFew = images.length < FEWEST_ITEMS;
  return {
    logitScale,
    itemMean,
    imageMean,
    imageDeviation: (isFew ? 0 : deviationOf(products)) || USUAL_IMAGE_DEVIATION,
    textDeviation: (isFew ? 0 : deviationOf(logOdds)) || USUAL_TEXT_DEVIATION,
    levelMean: levels.reduce((sum, level) => sum + level, 0) / (images.length || 1),
  };
}

function meanOf(vectors: readonly Float32Array[], width: number): Float32Array {
  const sum = new Float64Array(width);
  for (const vector of vectors) for (let i = 0; i < width; i++) sum[i]! += vector[i]!;
  return Float32Array.from(sum, (value) => value / (vectors.length || 1));
}

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / values.length);
}
