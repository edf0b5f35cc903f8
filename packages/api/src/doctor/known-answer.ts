import type { Clip } from '@clipql/core';
import { probeImage } from './probe-image.ts';

/**
 * The first values of what the embedded model makes of the probe image and of this text, of length
 * 1 as a whole: from the reference backend, which sums in float64.
 */
const KNOWN = {
  image: [0.0595525, -0.0221488, -0.0124947, 0.0766937, 0.040384, -0.0256159],
  text: [-0.0956147, 0.1484217, -0.015562, -0.0248694, -0.07757, 0.0735558],
};
const TEXT = 'a photo of a sheep.';

/** In float32 any order of summing stays a hundred times below; a wrong kernel is far above. */
const TOLERANCE = 1e-4;

/** The largest difference between what the embedded model answers here and what it should. */
export async function knownAnswerError(clip: Clip): Promise<number> {
  const [image] = await clip.encodeImages([probeImage(clip.info.imageSize)]);
  const [text] = await clip.encodeTexts([TEXT]);
  const differences = [
    ...KNOWN.image.map((value, i) => Math.abs(value - image![i]!)),
    ...KNOWN.text.map((value, i) => Math.abs(value - text![i]!)),
  ];
  // Of NaN nothing is the largest.
  return differences.every(Number.isFinite) ? Math.max(...differences) : Number.POSITIVE_INFINITY;
}

export const isKnownAnswer = (error: number): boolean => error <= TOLERANCE;
