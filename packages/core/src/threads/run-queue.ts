/** Does one piece of work after another, in the order in which they came; a failure stops none. */
export class RunQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** @returns what the work returns, once all before it is done. */
  add<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}
