import type { DrawAddress } from '../draws.ts';
import { addNoise } from '../noise.ts';
import { inKernelMemory } from '../picture-kernels.ts';

/** Noise of an address as an array. */
export function noiseValues(length: number, deviation: number, address: DrawAddress): Float32Array {
  return inKernelMemory((memory) => {
    const noise = memory.zeros(length);
    addNoise(memory, noise, length, { deviation, address });
    return memory.at(noise, length).slice();
  });
}
