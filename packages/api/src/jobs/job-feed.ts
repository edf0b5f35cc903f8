import { isOver, type Job } from './job.ts';
import type { JobStore } from './job-store.ts';
import { latestStates } from './latest-states.ts';

/** Milliseconds between looks: no more than four states a second. */
const POLL_MS = 250;
/** The same where the store tells of changes by itself: it may have lost one. */
const CHECK_MS = 5_000;

type Listener = (job: Job) => void;

interface Watched {
  /** The oldest state that one of the listeners may still have. */
  version: number;
  readonly listeners: Set<Listener>;
}

/**
 * Tells of changes of jobs, whichever process makes them: the store is asked for what has changed, by one
 * question for all who listen, and not at all while nobody does. It is asked when it says that there is
 * something new, or else four times a second.
 */
export class JobFeed {
  readonly #jobs: Pick<JobStore, 'changed' | 'notices'>;
  readonly #watched = new Map<string, Watched>();
  #timer: NodeJS.Timeout | undefined;
  #isPolling = false;
  #isNoticed = false;
  #polledAt = 0;

  constructor(jobs: Pick<JobStore, 'changed' | 'notices'>) {
    this.#jobs = jobs;
    jobs.notices?.listen((id) => this.#onNotice(id));
  }

  /** @param current a state that is known already. @returns ends it. */
  listen({ id, version }: Job, listener: Listener): () => void {
    const watched = this.#watched.get(id) ?? { version, listeners: new Set() };
    this.#watched.set(id, watched);
    watched.listeners.add(listener);
    // What changed since this state was read is told to others a second time, if need be.
    watched.version = Math.min(watched.version, version);
    // It may have changed between the time when it was read and now, without another notice.
    this.#pollIn(POLL_MS);
    return () => {
      watched.listeners.delete(listener);
      if (watched.listeners.size === 0) this.#watched.delete(id);
    };
  }

  /** Of a change that this process made: it need not be asked for. */
  tell(job: Job): void {
    for (const listener of this.#watched.get(job.id)?.listeners ?? []) listener(job);
  }

  /**
   * A job's states from now on, the present one first, each as soon as it is taken: who is slow gets
   * the latest alone. Ends with a state that is the last, or with the signal.
   *
   * @param current its present state.
   */
  watch(current: Job, signal: AbortSignal): AsyncGenerator<Job, undefined> {
    const listen = (listener: Listener) => this.listen(current, listener);
    return latestStates<Job>(current, { listen, isOver }, signal);
  }

  /** @param id undefined where any job may have changed. */
  #onNotice(id: string | undefined): void {
    if (id !== undefined && !this.#watched.has(id)) return;
    this.#isNoticed = this.#isPolling;
    this.#pollIn(Math.max(0, this.#polledAt + POLL_MS - performance.now()), true);
  }

  /** @param isSooner whether it takes the place of a look that is planned for later. */
  #pollIn(milliseconds: number, isSooner = false): void {
    if (this.#isPolling || (this.#timer !== undefined && !isSooner)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#poll(), milliseconds).unref();
  }

  async #poll(): Promise<void> {
    this.#timer = undefined;
    this.#isPolling = true;
    this.#polledAt = performance.now();
    const known = new Map(Array.from(this.#watched, ([id, { version }]) => [id, version]));
    // What fails now is asked for again.
    const changed = known.size === 0 ? [] : await this.#jobs.changed(known).catch(() => []);
    this.#isPolling = false;
    for (const job of changed) {
      const watched = this.#watched.get(job.id);
      // Who came meanwhile, with an older state, is told again the next time.
      if (watched?.version === known.get(job.id)) watched!.version = job.version;
      this.tell(job);
    }
    if (this.#watched.size === 0) return;
    this.#pollIn(this.#jobs.notices?.isLive && !this.#isNoticed ? CHECK_MS : POLL_MS);
    this.#isNoticed = false;
  }
}
