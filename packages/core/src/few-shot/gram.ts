import { dot } from '../vectors.ts';

/** The inner products of examples, [N,N]: all that training reads of their embeddings. */
export interface Gram {
  /** N. */
  readonly size: number;
  /**
   * Multiplies columns of the matrix with coefficients.
   *
   * @param coefficients [N,K], of which the rows of `columns` are read.
   * @param out [N,K], of which all `rows` are written.
   */
  multiply(
    coefficients: Float64Array,
    columns: readonly number[],
    rows: readonly number[],
    out: Float64Array,
  ): void;
}

/**
 * @param embeddings [N][E]. The matrix is kept if it is the cheaper way to a product, with up to 2·E examples;
 *   otherwise a product goes by way of the embeddings, F · (Fᵀ · a).
 */
export function exampleGram(embeddings: readonly Float32Array[]): Gram {
  const size = embeddings.length;
  const width = embeddings[0]?.length ?? 0;
  return size <= 2 * width ? denseGram(embeddings) : factoredGram(embeddings, width);
}

function denseGram(embeddings: readonly Float32Array[]): Gram {
  const size = embeddings.length;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const product = dot(embeddings[i]!, embeddings[j]!);
      matrix[i * size + j] = product;
      matrix[j * size + i] = product;
    }
  }
  return {
    size,
    multiply(coefficients, columns, rows, out) {
      const classes = coefficients.length / size;
      for (const row of rows) {
        const weights = matrix.subarray(row * size, (row + 1) * size);
        addRows(weights, coefficients, columns, out.subarray(row * classes, (row + 1) * classes));
      }
    },
  };
}

function factoredGram(embeddings: readonly Float32Array[], width: number): Gram {
  const size = embeddings.length;
  const everyValue = Array.from({ length: width }, (_, e) => e);
  return {
    size,
    multiply(coefficients, columns, rows, out) {
      const classes = coefficients.length / size;
      const sums = new Float64Array(width * classes);
      for (const i of columns) {
        const embedding = embeddings[i]!;
        for (let e = 0; e < width; e++) {
          const value = embedding[e]!;
          for (let k = 0; k < classes; k++) {
            sums[e * classes + k]! += value * coefficients[i * classes + k]!;
          }
        }
      }
      for (const row of rows) {
        addRows(
          embeddings[row]!,
          sums,
          everyValue,
          out.subarray(row * classes, (row + 1) * classes),
        );
      }
    },
  };
}

/** out = Σ_j weights_j · matrix_j over the rows j, four at a time: the inner loop of all training. */
function addRows(
  weights: Float32Array | Float64Array,
  matrix: Float64Array,
  rows: readonly number[],
  out: Float64Array,
): void {
  const width = out.length;
  out.fill(0);
  let r = 0;
  for (; r + 3 < rows.length; r += 4) {
    const a = rows[r]!;
    const b = rows[r + 1]!;
    const c = rows[r + 2]!;
    const d = rows[r + 3]!;
    const wa = weights[a]!;
    const wb = weights[b]!;
    const wc = weights[c]!;
    const wd = weights[d]!;
    for (let k = 0; k < width; k++) {
      out[k]! +=
        wa * matrix[a * width + k]! +
        wb * matrix[b * width + k]! +
        wc * matrix[c * width + k]! +
        wd * matrix[d * width + k]!;
    }
  }
  for (; r < rows.length; r++) {
    const j = rows[r]!;
    for (let k = 0; k < width; k++) out[k]! += weights[j]! * matrix[j * width + k]!;
  }
}

const MOST_STEPS = 1000;
const PRECISION = 1e-12;

/**
 * The largest eigenvalue of the rows and columns of `members`, by power iteration with Rayleigh quotients. Its start
 * has no symmetry that an eigenvector could be orthogonal to.
 */
export function largestEigenvalue(gram: Gram, members: readonly number[]): number {
  const vector = new Float64Array(gram.size);
  for (const [i, member] of members.entries()) vector[member] = 1 + ((i * 0.618034) % 1);
  const product = new Float64Array(gram.size);
  let eigenvalue = 0;
  for (let step = 0; step < MOST_STEPS; step++) {
    const length = Math.sqrt(dot(vector, vector));
    for (const member of members) vector[member]! /= length;
    gram.multiply(vector, members, members, product);
    const quotient = dot(vector, product);
    const settled = Math.abs(quotient - eigenvalue) <= PRECISION * quotient;
    eigenvalue = quotient;
    if (settled) break;
    vector.set(product);
  }
  return eigenvalue;
}
