/**
 * Divides a vector by its length. Computed in float64 and rounded once; a zero vector stays zero.
 *
 * @example
 * ```ts
 * import { normalized } from '@clipql/core';
 *
 * console.log([...normalized([3, 4])].map((value) => value.toFixed(1)).join(' ')); // 0.6 0.8
 * ```
 */
export function normalized(vector: ArrayLike<number>): Float32Array {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += vector[i]! ** 2;
  const length = Math.sqrt(squares) || 1;
  return Float32Array.from(vector, (value) => value / length);
}

/**
 * Averages vectors of length 1 and normalises the mean. This is how the embeddings over a label's
 * templates become the label's embedding (https://arxiv.org/abs/2103.00020, section 3.1.4).
 *
 * @param vectors at least one, all [E] and of length 1.
 * @returns [E], of length 1.
 * @example
 * ```ts
 * import { meanDirection } from '@clipql/core';
 *
 * const mean = meanDirection([Float32Array.of(1, 0), Float32Array.of(0, 1)]);
 * console.log([...mean].map((value) => value.toFixed(3)).join(' ')); // 0.707 0.707
 * ```
 */
export function meanDirection(vectors: readonly Float32Array[]): Float32Array {
  const [first, ...rest] = vectors;
  if (rest.length === 0) return first!;
  const sum = Float64Array.from(first!);
  for (const vector of rest) {
    for (let i = 0; i < sum.length; i++) sum[i]! += vector[i]!;
  }
  return normalized(sum);
}

/**
 * The dot product of two vectors of one length, summed in float64; of vectors of length 1 their cosine.
 *
 * @example
 * ```ts
 * import { dot } from '@clipql/core';
 *
 * console.log(dot([3, 4], [2, 1])); // 10
 * ```
 */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
