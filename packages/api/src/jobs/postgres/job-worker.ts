import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../../errors/api-error.ts';
import { meaningOf } from '../../errors/error-codes.ts';
import { describeError, isHidden, publicError } from '../../errors/public-error.ts';
import type { Postgres } from '../../postgres/connection.ts';
import { deleteItems } from '../delete-items.ts';
import type { RunsJobs, WorkerOptions } from '../engine.ts';
import { isPassing } from '../is-passing.ts';
import { type ItemWork, openItemWork, type WorkDependencies } from '../item-work.ts';
import type { Job } from '../job.ts';
import { collectionOfJob, listItems } from '../run-work.ts';
import { Turns } from '../turns.ts';
import { cutFirstSlices, endSlice } from './slices.ts';
import type { CompleteTask, JobTask, SliceTask, TaskQueue } from './task-queue.ts';

interface JobWorkerOptions extends WorkerOptions {
  readonly postgres: Postgres;
  readonly tasks: TaskQueue;
}

/** Milliseconds between looks for jobs that nobody looks after. */
const REVISIT_MS = 20_000;
/** Seconds without any change after which a job may be such a one. */
const UNCHANGED = 60;
/** Milliseconds that giving back may take at the end of the grace. */
const GIVING_BACK_MS = 2_000;

/** An item work that the slices of a job share. */
interface SharedWork {
  users: number;
  readonly opened: Promise<ItemWork | undefined>;
}

/**
 * Takes tasks of the queue and does them, beside any number of others.
 *
 * A task only says where to look: what is left to do stands in the items' rows. So a task that comes twice,
 * or after its job was stopped, finds nothing to do.
 */
export class JobWorker implements RunsJobs {
  readonly #options: JobWorkerOptions & WorkDependencies;
  readonly #stopping = new AbortController();
  readonly #works = new Map<string, SharedWork>();
  #underWay = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: JobWorkerOptions) {
    this.#options = { ...options, turns: new Turns(options.concurrency) };
  }

  start(): void {
    const { tasks, concurrency } = this.#options;
    const onJob = ({ job }: JobTask, signal: AbortSignal) =>
      this.#attempt(job, signal, (found, both) => this.#doJob(found, both));
    const onSlice = async (slice: SliceTask, signal: AbortSignal, complete: CompleteTask) => {
      await this.#attempt(slice.job, signal, (job, both) => this.#doSlice(job, slice, both));
      await this.#endSlice(slice, complete);
    };
    tasks.work({ onJob, onSlice }, concurrency).catch(this.#options.onUnexpected);
    this.#timer = setInterval(() => this.#revisit(), REVISIT_MS).unref();
  }

  /** Finishes what is under way, or gives it back before the grace is over. */
  async stop(graceMs = 0): Promise<void> {
    clearInterval(this.#timer);
    const end = performance.now() + graceMs;
    const closed = this.#options.tasks.close(graceMs);
    const isClosed = closed.then(() => true);
    const patience = Math.max(0, graceMs - GIVING_BACK_MS);
    const inTime = await Promise.race([isClosed, sleep(patience, false, { ref: false })]);
    if (!inTime) {
      this.#stopping.abort(new ApiError('SHUTTING_DOWN', 'the worker is shutting down'));
    }
    await closed;
    // pg-boss no longer waits for tasks that outlast the grace; what they began is given back all the same.
    while (this.#underWay > 0 && performance.now() < end) await sleep(20);
  }

  /** @throws what the task is to be tried again for. */
  async #attempt(
    id: string,
    claimed: AbortSignal,
    body: (job: Job, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const { jobs, feed } = this.#options;
    const job = await this.#running(id);
    if (job === undefined) return;
    const stopped = new AbortController();
    const forget = feed.listen(job, ({ state }) => {
      if (state !== 'RUNNING') {
        stopped.abort(new ApiError('REQUEST_ABORTED', 'the job was stopped'));
      }
    });
    const signal = AbortSignal.any([claimed, stopped.signal, this.#stopping.signal]);
    this.#underWay += 1;
    try {
      await body(job, signal);
    } catch (error) {
      if (stopped.signal.aborted) return;
      if (signal.aborted || this.#isPassing(error)) throw error;
      await jobs.setState(id, ['RUNNING'], 'FAILED', describeError(error));
    } finally {
      this.#underWay -= 1;
      forget();
    }
  }

  /** @returns the job if it runs or may begin to. */
  async #running(id: string): Promise<Job | undefined> {
    const { jobs } = this.#options;
    const job = await jobs.get(id);
    if (job?.state === 'RUNNING') return job;
    return jobs.setState(id, ['QUEUED'], 'RUNNING');
  }

  #isPassing(error: unknown): boolean {
    const known = publicError(error);
    // A database that is away is told of by whatever else needs it.
    if (known === undefined || (!meaningOf(known).retryable && isHidden(known))) {
      this.#options.onUnexpected(error);
    }
    return known !== undefined && isPassing(known);
  }

  /** Lists its items, puts slices of them into the queue, and ends the job once none is left. */
  async #doJob(job: Job, signal: AbortSignal): Promise<void> {
    const { jobs, postgres, tasks } = this.#options;
    const { work } = job;
    if (work.kind === 'DELETE') {
      const collection = await collectionOfJob(this.#options, job);
      await deleteItems(this.#options, job, collection, work, signal);
    } else {
      const isLeft = await this.#withWork(job, async (items) => {
        if (job.total === undefined) await listItems(this.#options, job, items, signal);
        do {
          signal.throwIfAborted();
          const isCut = await postgres.transaction((connection) =>
            cutFirstSlices(connection, tasks, job.id),
          );
          if (isCut) return true;
        } while (!(await items.finish()));
        return false;
      });
      if (isLeft) return;
    }
    await jobs.setState(job.id, ['RUNNING'], 'DONE');
  }

  async #doSlice(job: Job, range: SliceTask, signal: AbortSignal): Promise<void> {
    await this.#withWork(job, (work) => work.through(signal, range));
  }

  /** @throws where it is to be done again. */
  async #endSlice(slice: SliceTask, complete: CompleteTask): Promise<void> {
    const { postgres, tasks } = this.#options;
    const isOver = await postgres.transaction((connection) =>
      endSlice(connection, tasks, slice, complete),
    );
    if (!isOver) throw new Error('items of the slice wait again');
  }

  /** With the model and the way to the hosts that all tasks of the job share here. */
  async #withWork<T>(job: Job, body: (work: ItemWork) => Promise<T>): Promise<T | undefined> {
    const { metrics } = this.#options;
    const shared = this.#works.get(job.id) ?? { users: 0, opened: this.#open(job) };
    this.#works.set(job.id, shared);
    shared.users += 1;
    metrics?.jobsRunning.set(this.#works.size);
    try {
      const work = await shared.opened;
      return work && (await body(work));
    } finally {
      shared.users -= 1;
      if (shared.users === 0) {
        this.#works.delete(job.id);
        metrics?.jobsRunning.set(this.#works.size);
        await shared.opened.then((work) => work?.release()).catch(() => {});
      }
    }
  }

  async #open(job: Job): Promise<ItemWork | undefined> {
    if (job.work.kind === 'DELETE') return undefined;
    const collection = await collectionOfJob(this.#options, job);
    return openItemWork(this.#options, job, job.work, collection);
  }

  /** A database that was restored has jobs without tasks. */
  async #revisit(): Promise<void> {
    const { postgres, tasks } = this.#options;
    await postgres
      .transaction(async (connection) => {
        const left = await connection.rows<{ readonly id: number }>(
          `UPDATE jobs SET changed_at = clock_timestamp() WHERE id IN (
             SELECT id FROM jobs WHERE state IN ('QUEUED', 'RUNNING') AND NOT local
               AND changed_at < clock_timestamp() - make_interval(secs => $1)
             FOR NO KEY UPDATE SKIP LOCKED) RETURNING id`,
          UNCHANGED,
        );
        for (const { id } of left) await tasks.addJob(connection, String(id));
      })
      // Nothing can be done now; the next look is soon.
      .catch(() => {});
  }
}
