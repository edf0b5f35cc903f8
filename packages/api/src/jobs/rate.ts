/** Milliseconds that count. */
const WINDOW = 10_000;

/** How many of something there are a second, of late. */
export class Rate {
  readonly #counts: { readonly at: number; readonly count: number }[] = [];
  readonly #began = performance.now();

  count(count: number): void {
    const at = performance.now();
    this.#counts.push({ at, count });
    while (this.#counts[0]!.at < at - WINDOW) this.#counts.shift();
  }

  get perSecond(): number {
    const sum = this.#counts.reduce((total, { count }) => total + count, 0);
    const milliseconds = Math.min(WINDOW, performance.now() - this.#began);
    return milliseconds > 0 ? (1_000 * sum) / milliseconds : 0;
  }
}
