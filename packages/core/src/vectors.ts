/** A vector divided by its length; computed in float64 and rounded once. Zeros stay zeros. */
export function normalized(vector: ArrayLike<number>): Float32Array {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += vector[i]! ** 2;
  const length = Math.sqrt(squares) || 1;
  return Float32Array.from(vector, (value) => value / length);
}

/**
 * The mean of vectors of length 1, made a vector of length 1 again: how the embeddings of a label's
 * templates become the label's own.
 *
 * @param vectors one or more, all [E].
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
