import { product, transposed, transposedProduct } from './matrix.ts';

/** Examples in coordinates that have their inner products, and no more of them than training needs. */
export interface Coordinates {
  /** D: the smaller of N and E. */
  readonly dimensions: number;
  /** X [N,D]: X·Xᵀ = F·Fᵀ. */
  readonly examples: Float64Array;
  /** Xᵀ·X [D,D] */
  readonly products: Float64Array;
  /** The weights [E,K] for which F·w = X·θ, from θ [D,K]; of all that there are, the shortest. */
  weights(theta: Float64Array, classes: number): Float64Array;
}

/** A row whose part outside the rows before it is shorter than this, squared, is taken for a sum of them. */
const LEAST_PIVOT = 1e-9;

/**
 * With up to E examples the Cholesky factor of their Gram matrix, F·Fᵀ = L·Lᵀ, in which a duplicate has no dimension of
 * its own; with more, the examples themselves.
 *
 * @param features F [N,E]
 */
export function coordinatesOf(features: Float64Array, width: number): Coordinates {
  const size = features.length / width;
  if (size > width) {
    const products = transposedProduct(features, features, width, width);
    return { dimensions: width, examples: features, products, weights: (theta) => theta };
  }
  const lower = choleskyFactor(product(features, transposed(features, width), width, size), size);
  const weights = (theta: Float64Array, classes: number) =>
    transposedProduct(features, coefficients(lower, theta, size, classes), width, classes);
  const products = transposedProduct(lower, lower, size, size);
  return { dimensions: size, examples: lower, products, weights };
}

/** L of L·Lᵀ = matrix [size,size], with a column of zeros where a row is a sum of those before it. */
function choleskyFactor(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let left = matrix[i * size + j]!;
      for (let d = 0; d < j; d++) left -= lower[i * size + d]! * lower[j * size + d]!;
      const pivot = i === j ? Math.sqrt(left) : lower[j * size + j]!;
      const isSum = i === j ? !(left > LEAST_PIVOT) : pivot === 0;
      lower[i * size + j] = isSum ? 0 : left / pivot;
    }
  }
  return lower;
}

/** a [N,K] of w = Fᵀ·a: solves Lᵀ·a = θ from the last row on. */
function coefficients(
  lower: Float64Array,
  theta: Float64Array,
  size: number,
  classes: number,
): Float64Array {
  const out = Float64Array.from(theta);
  for (let i = size - 1; i >= 0; i--) {
    const pivot = lower[i * size + i]!;
    for (let k = 0; k < classes; k++) {
      const at = i * classes + k;
      out[at] = pivot === 0 ? 0 : out[at]! / pivot;
      for (let d = 0; d < i; d++) out[d * classes + k]! -= lower[i * size + d]! * out[at]!;
    }
  }
  return out;
}
