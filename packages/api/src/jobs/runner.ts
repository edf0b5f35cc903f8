import { ApiError } from '../errors/api-error.ts';
import { meaningOf } from '../errors/error-codes.ts';
import { describeError, isHidden, publicError } from '../errors/public-error.ts';
import type { RunsJobs } from './engine.ts';
import { isPassing } from './is-passing.ts';
import type { WorkDependencies } from './item-work.ts';
import type { Job } from './job.ts';
import type { JobFeed } from './job-feed.ts';
import type { JobClaim } from './job-store.ts';
import { runWork } from './run-work.ts';

export interface JobRunnerOptions extends WorkDependencies {
  readonly feed: JobFeed;
  /** Whether it runs the command line's own jobs, or those of clients. */
  readonly local: boolean;
  /** Whether other processes may leave or add jobs; yes unless given. */
  readonly isShared?: boolean;
  /** Which of these it runs; all unless given. */
  readonly accepts?: (job: Job) => boolean;
  /** Jobs that run at a time; 2 unless given. */
  readonly atOnce?: number;
  /** Milliseconds between looks for jobs that other processes left or added; 2,000 unless given. */
  readonly pollMs?: number;
  /** Told of what no user can do anything about. */
  readonly onUnexpected?: (error: unknown) => void;
}

/** A job that failed because of something that may pass is tried again after this, in milliseconds. */
const PATIENCE = 10_000;

/** Runs jobs until it is stopped. Several, in several processes, never run the same one. */
export class JobRunner implements RunsJobs {
  readonly #options: JobRunnerOptions;
  readonly #running = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();
  /** As `performance.now()` has it. */
  readonly #notBefore = new Map<string, number>();
  #isStarted = false;
  #isWoken = false;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
  }

  get #isShared(): boolean {
    return this.#options.isShared ?? true;
  }

  /** Begins to look for jobs. */
  start(): void {
    this.#isStarted = true;
    if (this.#isShared) this.wake();
  }

  /** Looks at once: there is a new job. */
  wake(): void {
    if (!this.#isStarted || this.#stopping.signal.aborted) return;
    clearTimeout(this.#timer);
    // What was added meanwhile may have come too late for it.
    this.#isWoken = this.#looking !== undefined;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
      clearTimeout(this.#timer);
      if (this.#isWoken) return this.wake();
      if (!this.#isShared && this.#notBefore.size === 0) return;
      this.#timer = setTimeout(() => this.wake(), this.#options.pollMs ?? 2_000).unref();
    });
  }

  /** Lets go of the jobs, which go on when a runner starts again. */
  async stop(): Promise<void> {
    this.#stopping.abort(new ApiError('SHUTTING_DOWN', 'the server is shutting down'));
    await this.#looking;
    clearTimeout(this.#timer);
    await Promise.all(this.#running.values());
  }

  async #look(): Promise<void> {
    const { jobs, local, accepts = () => true, atOnce = 2 } = this.#options;
    const waiting = await jobs.runnable(local).catch((error) => {
      this.#options.onUnexpected?.(error);
      return [];
    });
    for (const job of waiting) {
      if (this.#running.size >= atOnce || this.#stopping.signal.aborted) return;
      const isLater = (this.#notBefore.get(job.id) ?? 0) > performance.now();
      if (this.#running.has(job.id) || isLater || !accepts(job)) continue;
      await this.#tryRun(job.id);
    }
  }

  async #tryRun(id: string): Promise<void> {
    const { jobs, metrics } = this.#options;
    const claim = await jobs.claim(id);
    if (claim === undefined) return;
    this.#running.set(id, this.#runClaimed(id, claim));
    metrics?.jobsRunning.set(this.#running.size);
  }

  async #runClaimed(id: string, claim: JobClaim): Promise<void> {
    const { metrics, onUnexpected } = this.#options;
    try {
      await this.#run(id);
    } catch (error) {
      onUnexpected?.(error);
    } finally {
      await claim.release();
      this.#running.delete(id);
      metrics?.jobsRunning.set(this.#running.size);
      this.wake();
    }
  }

  async #run(id: string): Promise<void> {
    const { jobs, feed } = this.#options;
    // It may have ended, or been stopped, before this process had it.
    const job = await jobs.setState(id, ['QUEUED', 'RUNNING'], 'RUNNING');
    if (job === undefined) return;
    const stopped = new AbortController();
    const forget = feed.listen(job, ({ state }) => {
      if (state !== 'RUNNING')
        stopped.abort(new ApiError('REQUEST_ABORTED', 'the job was stopped'));
    });
    const signal = AbortSignal.any([stopped.signal, this.#stopping.signal]);
    try {
      await runWork(this.#options, job, signal);
      await jobs.setState(id, ['RUNNING'], 'DONE');
      this.#notBefore.delete(id);
    } catch (error) {
      if (!signal.aborted) await this.#fail(job, error);
    } finally {
      forget();
    }
  }

  async #fail({ id }: Job, error: unknown): Promise<void> {
    const { jobs, local, onUnexpected } = this.#options;
    const known = publicError(error);
    // A command shows why its own job failed; clients are not told all of it.
    if (known === undefined || (!local && !meaningOf(known).retryable && isHidden(known)))
      onUnexpected?.(error);
    // Whoever runs a command sees that the disk is full, and makes room.
    if (known !== undefined && (local ? meaningOf(known).retryable : isPassing(known))) {
      // It stays QUEUED or RUNNING in the store, whatever may be written there now.
      this.#notBefore.set(id, performance.now() + PATIENCE);
      await jobs.setState(id, ['RUNNING'], 'QUEUED').catch(() => {});
      return;
    }
    await jobs.setState(id, ['RUNNING'], 'FAILED', describeError(error));
  }
}
