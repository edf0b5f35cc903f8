/** Milliseconds of work after which what came before counts half. */
const WINDOW = 2_000;
/** Milliseconds of work that say nothing of the speed, as code is being compiled: all of the pass in which they end. */
const WARM_UP = 500;
/** Milliseconds of further work from which on the speed is known. */
const LEAST = 500;

/**
 * How fast work is done, by the time that it takes: idle time says nothing of it. Later work weighs more.
 */
export class Speed {
  #amount = 0;
  #milliseconds = 0;
  #warmUp = 0;

  /** Undefined until enough has run. */
  get perSecond(): number | undefined {
    return this.#milliseconds >= LEAST ? (1000 * this.#amount) / this.#milliseconds : undefined;
  }

  /** @param amount of work, in the same unit every time. */
  count(amount: number, milliseconds: number): void {
    if (this.#warmUp < WARM_UP) {
      this.#warmUp += milliseconds;
      return;
    }
    if (this.#milliseconds > WINDOW) {
      this.#amount /= 2;
      this.#milliseconds /= 2;
    }
    this.#amount += amount;
    this.#milliseconds += milliseconds;
  }
}
