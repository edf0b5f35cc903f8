import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';
import { shownValue } from '../errors/one-line.ts';

/** How far the length of a vector may be from 1. */
const LENGTH_TOLERANCE = 1e-2;

/** @throws ApiError BAD_INPUT unless it is [dimensions], finite and of length 1. */
export function checkEmbedding(key: string, embedding: Float32Array, dimensions: number): void {
  const wrong = (expected: string, got: string) =>
    new ApiError(
      'BAD_INPUT',
      `expected an embedding of ${expected} for ${shownValue(key)}, got ${got}`,
    );
  if (embedding.length !== dimensions)
    throw wrong(`${grouped(dimensions)} values`, grouped(embedding.length));
  const length = Math.sqrt(embedding.reduce((sum, value) => sum + value * value, 0));
  if (!(Math.abs(length - 1) <= LENGTH_TOLERANCE)) throw wrong('length 1', String(length));
}

/** Rounds vectors to half precision (IEEE 754 binary16). @returns the bits, [vectors, E]. */
export function packedHalves(vectors: readonly Float32Array[], dimensions: number): Uint16Array {
  const packed = new Float16Array(vectors.length * dimensions);
  for (const [i, vector] of vectors.entries()) packed.set(vector, i * dimensions);
  return new Uint16Array(packed.buffer);
}

/** Widens the bits of halves, exactly. */
export function floatsOf(halves: Uint16Array): Float32Array {
  return new Float32Array(new Float16Array(halves.buffer, halves.byteOffset, halves.length));
}
