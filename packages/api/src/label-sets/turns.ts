/** Does the work of each name in the order in which it comes, one after another. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** @returns what the work gives, or fails with; work behind it begins either way. */
  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name);
    const { promise: end, resolve } = Promise.withResolvers<void>();
    this.#last.set(name, end);
    try {
      await before;
      return await work();
    } finally {
      if (this.#last.get(name) === end) this.#last.delete(name);
      resolve();
    }
  }
}
