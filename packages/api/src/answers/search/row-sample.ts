/** Rows spread evenly over all that are offered. */
export class RowSample {
  readonly rows: number[] = [];
  readonly #most: number;
  readonly #all: number;
  #offered = 0;

  /**
   * @param most about how many are taken.
   * @param all about how many will be offered; all are taken where these are no more.
   */
  constructor(most: number, all: number) {
    this.#most = most;
    this.#all = Math.max(most, all);
  }

  offer(row: number): void {
    if (this.#offered * this.#most >= this.rows.length * this.#all) this.rows.push(row);
    this.#offered++;
  }
}
