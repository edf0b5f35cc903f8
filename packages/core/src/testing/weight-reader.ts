import type { WeightReader } from '../backends/backend.ts';

/** A reader over weights in memory. */
export function weightReader(weights: (name: string) => Float32Array): WeightReader {
  return {
    read: async (name) => weights(name),
    readInto: async (name, start, target) => {
      target.set(weights(name).subarray(start, start + target.length));
    },
  };
}

/** A reader for plans without weights. */
export const noWeights: WeightReader = weightReader((name) => {
  throw new Error(`${name}: this plan has no weights`);
});
