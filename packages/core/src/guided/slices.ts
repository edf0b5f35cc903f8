/** Milliseconds after which the event loop has its turn. */
const SLICE_MS = 20;

/** Long work on the event loop in slices: between two pieces, `next` gives way if the slice is over. */
export class Slices {
  #start = performance.now();

  async next(): Promise<void> {
    if (performance.now() - this.#start < SLICE_MS) return;
    await new Promise<void>((resolve) => setTimeout(resolve));
    this.#start = performance.now();
  }
}
