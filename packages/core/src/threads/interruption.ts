/**
 * An end that may come while work is under way, such as the loss of a device. Work that is waited for
 * leaves nothing behind when it ends first, as `Promise.race` with one lasting promise would.
 */
export class Interruption {
  readonly #waiting = new Set<(error: Error) => void>();
  #error: Error | undefined;

  /** The work's result, unless the end comes, or has come, before it. */
  during<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#error === undefined) this.#waiting.add(reject);
      else reject(this.#error);
      work.then(resolve, reject).finally(() => this.#waiting.delete(reject));
    });
  }

  /** Rejects what is waited for, and all that will be. */
  end(error: Error): void {
    this.#error ??= error;
    for (const reject of this.#waiting) reject(error);
    this.#waiting.clear();
  }
}
