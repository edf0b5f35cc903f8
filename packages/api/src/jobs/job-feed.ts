import { isOver, type Job } from './job.ts';
import type { JobStore } from './job-store.ts';

/** Milliseconds between looks: no more than four states a second. */
const POLL_MS = 250;

type Listener = (job: Job) => void;

/**
 * Tells of changes of jobs, whichever process makes them: the store is asked four times a second for what
 * has changed, by one question for all who listen, and not at all while nobody does.
 */
export class JobFeed {
  readonly #jobs: Pick<JobStore, 'changed'>;
  readonly #listeners = new Map<string, Set<Listener>>();
  #since = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(jobs: Pick<JobStore, 'changed'>) {
    this.#jobs = jobs;
  }

  /** @param current a state that is known already. @returns ends it. */
  listen({ id, version }: Job, listener: Listener): () => void {
    const listeners = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, listeners.add(listener));
    // What changed since this state was read is told to others a second time, if need be.
    this.#since = this.#timer === undefined ? version : Math.min(this.#since, version);
    if (this.#timer === undefined) this.#pollSoon();
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(id);
    };
  }

  /** Of a change that this process made: it need not be asked for. */
  tell(job: Job): void {
    for (const listener of this.#listeners.get(job.id) ?? []) listener(job);
  }

  /**
   * A job's states from now on, the present one first, each as soon as it is taken: who is slow gets
   * the latest alone. Ends with a state that is the last, or with the signal.
   *
   * @param current its present state.
   */
  async *watch(current: Job, signal: AbortSignal): AsyncGenerator<Job> {
    let latest = current;
    let wake = () => {};
    let last = -1;
    const stop = this.listen(current, (job) => {
      latest = job;
      wake();
    });
    const onAbort = () => wake();
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        if (latest.version > last) {
          const job = latest;
          last = job.version;
          yield job;
          if (isOver(job)) return;
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      stop();
      signal.removeEventListener('abort', onAbort);
    }
  }

  #pollSoon(): void {
    this.#timer = setTimeout(() => this.#poll(), POLL_MS).unref();
  }

  async #poll(): Promise<void> {
    // What fails now is asked for again.
    const since = this.#since;
    const changed = await this.#jobs.changed(since).catch(() => []);
    // Who came meanwhile, with an older state, is told of what changed after that the next time.
    if (this.#since === since) this.#since = changed.at(-1)?.version ?? since;
    for (const job of changed) this.tell(job);
    if (this.#listeners.size > 0) this.#pollSoon();
    else this.#timer = undefined;
  }
}
