import { RowValues } from '@clipql/core';

/** Where there are more rows than was thought, room is made for this many times as many. */
const GROWTH = 1.25;

/** Products and levels of rows that come in batches: 12 bytes of each row, whatever its number is. */
export class ComparedRows {
  #rows: Uint32Array;
  #products: Float32Array;
  #levels: Float32Array;
  #length = 0;

  /** @param expected about how many there will be. */
  constructor(expected: number) {
    this.#rows = new Uint32Array(expected);
    this.#products = new Float32Array(expected);
    this.#levels = new Float32Array(expected);
  }

  get products(): RowValues {
    return this.#of(this.#products);
  }

  get levels(): RowValues {
    return this.#of(this.#levels);
  }

  /** @param rows ascending, above all before. */
  add(rows: Uint32Array, products: Float32Array, levels: Float32Array): void {
    const end = this.#length + rows.length;
    if (end > this.#rows.length) this.#grow(Math.ceil(GROWTH * end));
    this.#rows.set(rows, this.#length);
    this.#products.set(products, this.#length);
    this.#levels.set(levels, this.#length);
    this.#length = end;
  }

  #of(values: Float32Array): RowValues {
    return new RowValues(this.#rows.subarray(0, this.#length), values.subarray(0, this.#length));
  }

  #grow(length: number): void {
    this.#rows = copied(this.#rows, new Uint32Array(length));
    this.#products = copied(this.#products, new Float32Array(length));
    this.#levels = copied(this.#levels, new Float32Array(length));
  }
}

function copied<Values extends Float32Array | Uint32Array>(values: Values, longer: Values): Values {
  longer.set(values);
  return longer;
}
