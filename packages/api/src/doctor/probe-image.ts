import type { PixelTensor } from '@clipql/core';

/**
 * An image that is the same everywhere, to tell what a model makes of it: waves of whole numbers, so
 * that no rounding of an engine's own comes in.
 *
 * @param size S. @returns [3, S, S]
 */
export function probeImage(size: number): PixelTensor {
  const data = Float32Array.from(
    { length: 3 * size * size },
    (_, i) => ((i * 37) % 101) / 64 - 0.75,
  );
  return { size, data };
}
