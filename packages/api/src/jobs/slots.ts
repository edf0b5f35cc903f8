/** So many at a time, in the order in which they ask. */
export class Slots {
  readonly #limit: number;
  readonly #isOpen: () => boolean;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  /** @param isOpen whether another may begin; {@link Slots.next} is to be called when more may. */
  constructor(limit: number, isOpen: () => boolean = () => true) {
    this.#limit = limit;
    this.#isOpen = isOpen;
  }

  /** @throws the signal's reason once it is aborted. @returns gives the slot back. */
  take(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const begin = () => {
        signal.removeEventListener('abort', leave);
        resolve(this.#hold());
      };
      const leave = () => {
        this.#waiting.delete(begin);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(begin);
      this.next();
    });
  }

  /** Lets in whoever may begin. */
  next(): void {
    for (const begin of this.#waiting) {
      if (this.#taken >= this.#limit || !this.#isOpen()) return;
      this.#waiting.delete(begin);
      this.#taken += 1;
      begin();
    }
  }

  #hold(): () => void {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#taken -= 1;
      this.next();
    };
  }
}
