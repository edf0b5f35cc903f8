/** Where a tensor lies in a file, as the file says it. */
export interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Position of the first byte, counted from the start of the file. */
  readonly offset: number;
  /** Length in bytes. */
  readonly length: number;
  /** From one value to the next along each dimension, in values; row-major unless given. */
  readonly strides?: readonly number[];
}

const VALUE_BYTES: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2 };

/** One of several parts of a tensor, each with as many of its rows. */
export function partOf(
  entry: TensorEntry,
  { index, of }: { readonly index: number; readonly of: number },
): TensorEntry {
  const [rows, ...rest] = entry.shape as readonly [number, ...number[]];
  const shape = [rows / of, ...rest];
  const strides = entry.strides ?? rowMajor(entry.shape);
  const bytes = VALUE_BYTES[entry.dtype]!;
  // Up to the last value, wherever it lies.
  const values = shape.reduce((sum, size, i) => sum + (size - 1) * strides[i]!, 1);
  return {
    ...entry,
    shape,
    offset: entry.offset + (rows / of) * index * strides[0]! * bytes,
    length: values * bytes,
  };
}

/** Strides of a tensor whose last dimension lies closest. */
export const rowMajor = (shape: readonly number[]): readonly number[] =>
  shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
