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
