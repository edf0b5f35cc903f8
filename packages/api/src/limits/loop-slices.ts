/** Milliseconds after which other requests get their turn. */
const SLICE_MS = 5;

/**
 * Long work on the event loop in slices, so that it keeps nobody waiting: before each piece, `next` is
 * asked whether the slice is over.
 *
 * @example
 * for (const piece of work) {
 *   await slices.next();
 *   piece();
 * }
 */
export class LoopSlices {
  #waiting: (() => void)[] = [];
  /** Undefined until work begins after a pause. */
  #start: number | undefined;

  /** Undefined while the slice lasts; else what is to be awaited first. */
  next(): Promise<void> | undefined {
    if (this.#start === undefined) {
      this.#start = performance.now();
      setImmediate(this.#begin);
      return undefined;
    }
    if (this.#waiting.length === 0 && !this.#isOver()) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #isOver(): boolean {
    return this.#start !== undefined && performance.now() - this.#start > SLICE_MS;
  }

  /** Others had their turn. */
  readonly #begin = async (): Promise<void> => {
    if (this.#waiting.length === 0) {
      this.#start = undefined;
      return;
    }
    this.#start = performance.now();
    setImmediate(this.#begin);
    let released = 0;
    while (released < this.#waiting.length && !this.#isOver()) {
      this.#waiting[released]!();
      released += 1;
      // What waited does its piece, with all that follows from it at once.
      await new Promise<void>((resolve) => process.nextTick(resolve));
    }
    this.#waiting = this.#waiting.slice(released);
  };
}
