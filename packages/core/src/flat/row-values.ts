import { placeFrom, placeOf } from './row-places.ts';

/**
 * A number for each of some rows.
 *
 * @example
 * ```ts
 * import { RowValues } from '@clipql/core';
 *
 * const values = new RowValues(Uint32Array.of(3, 700_000_000), Float32Array.of(0.25, 0.5));
 * console.log(values.rows.length, values.values[1]); // 2 0.5
 * ```
 */
export class RowValues {
  /** [R], ascending. */
  readonly rows: Uint32Array;
  /** [R], a value for each row. */
  readonly values: Float32Array;

  constructor(rows: Uint32Array, values: Float32Array) {
    this.rows = rows;
    this.values = values;
  }

  /**
   * Puts several together.
   *
   * @param parts each of higher rows than the one before.
   *
   * @example
   * ```ts
   * import { RowValues } from '@clipql/core';
   *
   * const first = new RowValues(Uint32Array.of(3, 5), Float32Array.of(0.25, 0.5));
   * const all = RowValues.concat([first, new RowValues(Uint32Array.of(8), Float32Array.of(1))]);
   * console.log(all.rows.join(' ')); // 3 5 8
   * ```
   */
  static concat(parts: readonly RowValues[]): RowValues {
    const length = parts.reduce((sum, { rows }) => sum + rows.length, 0);
    const all = new RowValues(new Uint32Array(length), new Float32Array(length));
    let at = 0;
    for (const { rows, values } of parts) {
      all.rows.set(rows, at);
      all.values.set(values, at);
      at += rows.length;
    }
    return all;
  }

  /**
   * The value of a row; undefined for a row that has none.
   *
   * @example
   * ```ts
   * import { RowValues } from '@clipql/core';
   *
   * const values = new RowValues(Uint32Array.of(3), Float32Array.of(0.25));
   * console.log(values.get(3), values.get(4)); // 0.25 undefined
   * ```
   */
  get(row: number): number | undefined {
    const place = placeOf(this.rows, row);
    return place === -1 ? undefined : this.values[place];
  }

  /**
   * The values of all rows above one. They share memory with these.
   *
   * @example
   * ```ts
   * import { RowValues } from '@clipql/core';
   *
   * const values = new RowValues(Uint32Array.of(3, 5), Float32Array.of(0.25, 0.5));
   * console.log(values.after(3).rows.join(' ')); // 5
   * ```
   */
  after(row: number): RowValues {
    const place = placeFrom(this.rows, row + 1);
    return new RowValues(this.rows.subarray(place), this.values.subarray(place));
  }
}
