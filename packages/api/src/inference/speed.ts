/** Milliseconds of work after which what came before counts half. */
const WINDOW = 2_000;
/** Milliseconds of work from which on the speed is known: first passes are slow, as plans are compiled. */
const LEAST = 500;

/**
 * How fast the model works, by the time that its forward passes take: idle time says nothing of it. Later
 * work weighs more.
 */
export class Speed {
  #operations = 0;
  #milliseconds = 0;

  /** Undefined until enough has run. */
  get operationsASecond(): number | undefined {
    return this.#milliseconds >= LEAST ? (1000 * this.#operations) / this.#milliseconds : undefined;
  }

  /** Counts a forward pass. */
  count(operations: number, milliseconds: number): void {
    if (this.#milliseconds > WINDOW) {
      this.#operations /= 2;
      this.#milliseconds /= 2;
    }
    this.#operations += operations;
    this.#milliseconds += milliseconds;
  }
}
