/** Runs a sweep beside everything else, slice by slice. What is not swept is when it next starts. */
export class Sweeper {
  readonly #sweep: () => Promise<boolean>;
  #running: Promise<void> | undefined;
  #isWanted = false;
  #isStopped = false;

  /** @param sweep removes a slice; whether there may be more. */
  constructor(sweep: () => Promise<boolean>) {
    this.#sweep = sweep;
  }

  start(): void {
    this.#isWanted = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#isWanted && !this.#isStopped) {
      this.#isWanted = false;
      try {
        while (!this.#isStopped && (await this.#sweep()));
      } catch {
        // Nobody waits for it: what is wrong with the database, whoever needs it is told.
        return;
      }
    }
  }
}
