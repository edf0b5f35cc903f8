/**
 * Row-major matrices in float64, as far as training a probe needs them. Products take four rows of the right side at
 * a time, which is what makes them fast in JavaScript.
 */

/** @returns a · b: [rows,inner] · [inner,columns] → [rows,columns]. */
export function product(
  a: Float64Array,
  b: Float64Array,
  inner: number,
  columns: number,
): Float64Array {
  const rows = a.length / inner;
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    let j = 0;
    for (; j + 3 < inner; j += 4) {
      const at = i * inner + j;
      addFour(
        out,
        i * columns,
        columns,
        b,
        j * columns,
        a[at]!,
        a[at + 1]!,
        a[at + 2]!,
        a[at + 3]!,
      );
    }
    for (; j < inner; j++) addOne(out, i * columns, columns, b, j * columns, a[i * inner + j]!);
  }
  return out;
}

/** @returns aᵀ · b: [inner,rows]ᵀ · [inner,columns] → [rows,columns]. */
export function transposedProduct(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  columns: number,
): Float64Array {
  const inner = a.length / rows;
  const out = new Float64Array(rows * columns);
  let j = 0;
  for (; j + 3 < inner; j += 4) {
    const at = j * rows;
    for (let i = 0; i < rows; i++) {
      const first = a[at + i]!;
      const second = a[at + rows + i]!;
      const third = a[at + 2 * rows + i]!;
      const fourth = a[at + 3 * rows + i]!;
      addFour(out, i * columns, columns, b, j * columns, first, second, third, fourth);
    }
  }
  for (; j < inner; j++) {
    for (let i = 0; i < rows; i++) {
      addOne(out, i * columns, columns, b, j * columns, a[j * rows + i]!);
    }
  }
  return out;
}

/** Adds four rows of b, which begin at `from`, with these factors to the row of out at `to`. */
function addFour(
  out: Float64Array,
  to: number,
  columns: number,
  b: Float64Array,
  from: number,
  first: number,
  second: number,
  third: number,
  fourth: number,
): void {
  // Half of a Cholesky factor is zero.
  if (first === 0 && second === 0 && third === 0 && fourth === 0) return;
  const next = from + columns;
  const afterNext = next + columns;
  const last = afterNext + columns;
  for (let k = 0; k < columns; k++) {
    out[to + k]! +=
      first * b[from + k]! +
      second * b[next + k]! +
      third * b[afterNext + k]! +
      fourth * b[last + k]!;
  }
}

function addOne(
  out: Float64Array,
  to: number,
  columns: number,
  b: Float64Array,
  from: number,
  factor: number,
): void {
  for (let k = 0; k < columns; k++) out[to + k]! += factor * b[from + k]!;
}

/** @returns aᵀ: [rows,columns] → [columns,rows]. */
export function transposed(a: Float64Array, columns: number): Float64Array {
  const rows = a.length / columns;
  const out = new Float64Array(a.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[j * rows + i] = a[i * columns + j]!;
  }
  return out;
}

/**
 * The inverse of a symmetric positive definite matrix [size,size], by its Cholesky factor: A = L·Lᵀ, and
 * A⁻¹ = L⁻ᵀ·L⁻¹.
 */
export function inverseOfPositiveDefinite(matrix: Float64Array, size: number): Float64Array {
  const lower = Float64Array.from(matrix);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = lower[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * size + k]! * lower[j * size + k]!;
      lower[i * size + j] = i === j ? Math.sqrt(sum) : sum / lower[j * size + j]!;
    }
  }
  // Row i of L⁻¹ follows from the rows above it.
  const inverse = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const pivot = 1 / lower[i * size + i]!;
    for (let k = 0; k < i; k++) {
      const factor = -pivot * lower[i * size + k]!;
      for (let j = 0; j <= k; j++) inverse[i * size + j]! += factor * inverse[k * size + j]!;
    }
    inverse[i * size + i] = pivot;
  }
  return transposedProduct(inverse, inverse, size, size);
}
