import { type DrawAddress, philoxAddress } from './draws.ts';
import type { KernelMemory } from './picture-kernels.ts';

/** Floats that the kernel needs beside the values. */
const SPARE = 16;

/**
 * Adds noise of mean 0, one word of an address's sequence for each value: it is that of a triangle of this standard
 * deviation.
 *
 * @param values address of so many floats.
 */
export function addNoise(
  memory: KernelMemory,
  values: number,
  count: number,
  { deviation, address }: { readonly deviation: number; readonly address: DrawAddress },
): void {
  const { key, place } = philoxAddress(address);
  // The sum of two uniform numbers of 16 bits has the variance 2³² / 6.
  const scale = (deviation * Math.sqrt(6)) / 2 ** 16;
  memory.during(() => {
    memory.kernels.addNoise(values, count, ...key, ...place, scale, memory.room(SPARE));
  });
}
