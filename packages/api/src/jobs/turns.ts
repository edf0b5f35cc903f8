import { Slots } from './slots.ts';

/** Work that goes on together, or alone. */
export class Turns {
  readonly #together: Slots;
  readonly #alone = new Slots(1);
  readonly #most: number;

  /** @param most how much goes on together at a time. */
  constructor(most: number) {
    this.#together = new Slots(most);
    this.#most = most;
  }

  /** @throws the signal's reason once it is aborted; what the work throws. */
  together<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return within(this.#together, signal, work);
  }

  /** Begins when what goes on has ended. What comes later waits. @throws as {@link together}. */
  alone<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    // Two that each had some of the slots would wait for each other.
    return within(this.#alone, signal, () => this.#withAll(this.#most, signal, work));
  }

  #withAll<T>(count: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (count === 0) return work();
    return within(this.#together, signal, () => this.#withAll(count - 1, signal, work));
  }
}

async function within<T>(slots: Slots, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const release = await slots.take(signal);
  try {
    return await work();
  } finally {
    release();
  }
}
