/** The k nearest rows of one query among those that have been scored. */
export class Nearest {
  readonly #k: number;
  #rows = new Uint32Array(0);
  #scores = new Float32Array(0);

  constructor(k: number) {
    this.#k = k;
  }

  /** The highest score first, of equal ones the lowest row. */
  get rows(): Uint32Array {
    return this.#rows;
  }

  get scores(): Float32Array {
    return this.#scores;
  }

  /**
   * @param rows that have not been added before.
   * @param products their dot products with the query.
   */
  add(rows: Uint32Array, products: Float64Array): void {
    const known = this.#rows.length;
    const allRows = new Uint32Array(known + rows.length);
    allRows.set(this.#rows);
    allRows.set(rows, known);
    const scores = new Float32Array(allRows.length);
    scores.set(this.#scores);
    scores.set(products, known);
    const order = Uint32Array.from(allRows.keys())
      .sort((a, b) => scores[b]! - scores[a]! || allRows[a]! - allRows[b]!)
      .subarray(0, this.#k);
    this.#rows = order.map((i) => allRows[i]!);
    this.#scores = Float32Array.from(order, (i) => scores[i]!);
  }

  /** Whether a row could still be one of them whose score is at most so high. */
  mayChange(score: number): boolean {
    return this.#rows.length < this.#k || Math.fround(score) >= this.#scores[this.#k - 1]!;
  }
}
