/** Milliseconds over which refusals are counted. */
const WINDOW = 500;

/** Counts refusals of late. */
export class RefusalRate {
  readonly #now: () => number;
  #window = 0;
  #current = 0;
  #previous = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  count(): void {
    this.#turn();
    this.#current += 1;
  }

  /** Refusals of this window or the one before, whichever has more. */
  get recent(): number {
    this.#turn();
    return Math.max(this.#current, this.#previous);
  }

  #turn(): void {
    const window = Math.floor(this.#now() / WINDOW);
    if (window === this.#window) return;
    this.#previous = window === this.#window + 1 ? this.#current : 0;
    this.#current = 0;
    this.#window = window;
  }
}
