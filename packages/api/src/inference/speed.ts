/** Milliseconds over which the speed is looked at. */
const WINDOW = 2_000;

/** How fast work leaves the queue, so that a refused client can be told when to come back. */
export class Speed {
  readonly #now: () => number;
  #since: number;
  #done = 0;
  #latest = Number.POSITIVE_INFINITY;

  constructor(now: () => number) {
    this.#now = now;
    this.#since = now();
  }

  /** Of the last window; infinite until something is known. */
  get operationsASecond(): number {
    return this.#latest;
  }

  count(operations: number): void {
    this.#done += operations;
    const elapsed = this.#now() - this.#since;
    if (elapsed < WINDOW) return;
    this.#latest = (1000 * this.#done) / elapsed;
    this.#done = 0;
    this.#since = this.#now();
  }
}
