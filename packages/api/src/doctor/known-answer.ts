import type { Clip } from '@clipql/core';
import { probeImage } from './probe-image.ts';

/**
 * The first values of what the embedded model makes of the probe image and of this text, of length
 * 1 as a whole: from the reference backend, which sums in float64.
 */
const KNOWN = {
  image: [-0.1889116, -0.0187779, 0.254876, -0.0722077, 0.0394834, 0.0385682],
  text: [0.080871, -0.0306913, -0.016435, -0.0444657, 0.0183763, -0.0716401],
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
