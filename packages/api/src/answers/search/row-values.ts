/** A number for each row, as they come; NaN for those that have none. */
export class RowValues {
  #values: Float32Array;
  #length = 0;

  /** @param rows about how many there will be. */
  constructor(rows: number) {
    this.#values = new Float32Array(rows).fill(Number.NaN);
  }

  /** By row, up to the last that was set. */
  get values(): Float32Array {
    return this.#values.subarray(0, this.#length);
  }

  set(row: number, value: number): void {
    if (row >= this.#values.length) {
      const grown = new Float32Array(2 * (row + 1)).fill(Number.NaN);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#length = Math.max(this.#length, row + 1);
    this.#values[row] = value;
  }
}
