import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, PgBoss } from 'pg-boss';
import { ApiError } from '../../errors/api-error.ts';
import { oneLine } from '../../errors/one-line.ts';
import type { Connection, Postgres } from '../../postgres/connection.ts';
import { shownAddress } from '../../postgres/server-address.ts';
import { isAway, storeError } from '../../postgres/store-error.ts';
import type { ItemRange } from '../work-through.ts';

const JOBS = 'clipql-jobs';
const SLICES = 'clipql-slices';

/** Seconds without a sign of life after which a task is somebody else's. */
const HEARTBEAT = 10;
/** Seconds between looks for such tasks. */
const SUPERVISE = 5;
/** Seconds between looks for tasks; none while more than one is known to wait. */
const POLL = 2;
const TAKING = {
  pollingIntervalSeconds: POLL,
  notifyPollingIntervalSeconds: POLL,
  burstWhenReadyExceeds: 1,
};
/** Seconds before a task that failed is tried again; each later try waits twice as long, up to the most. */
const RETRY = { retryDelay: 1, retryBackoff: true, retryDelayMax: 60 };

const MINUTE_MS = 60_000;

/** A task ends with its job: what is tried in vain for long is a matter of the job's state. */
const TASK_OPTIONS = {
  ...RETRY,
  retryLimit: 1_000_000,
  heartbeatSeconds: HEARTBEAT,
  // A worker that lives may take as long as it likes, up to what pg-boss allows.
  expireInSeconds: 24 * 3_600 - 1,
  deleteAfterSeconds: 60,
  notify: true,
};

export interface JobTask {
  readonly job: string;
}

export interface SliceTask extends JobTask, ItemRange {}

/**
 * @param signal aborted when the task has become somebody else's.
 * @param complete what ends with the task may be part of the same transaction; it ends by itself otherwise.
 * @throws what it is tried again for.
 */
type DoTask<Task> = (task: Task, signal: AbortSignal, complete: CompleteTask) => Promise<void>;

/** Takes a task that is done out of the queue, as part of a transaction. */
export type CompleteTask = (connection: Connection) => Promise<void>;

interface TaskHandlers {
  readonly onJob: DoTask<JobTask>;
  readonly onSlice: DoTask<SliceTask>;
}

/**
 * What is to be done by any worker, soon: a job as a whole, or a slice of its items. Adding is part of the
 * transaction that makes it necessary. What is in the queue already is not added again.
 */
export interface TaskQueue {
  /** Not before the database was there once. */
  isThere(): boolean;
  addJob(connection: Connection, job: string): Promise<void>;
  addSlices(connection: Connection, job: string, ranges: readonly ItemRange[]): Promise<void>;
  /** Takes tasks, from when the database is there. @param concurrency slices at a time. */
  work(handlers: TaskHandlers, concurrency: number): Promise<void>;
  /** Takes no more. Tasks under way have so many milliseconds; then they are given back. */
  close(graceMs?: number): Promise<void>;
}

export interface TaskQueueOptions {
  readonly postgres: Postgres;
  /** Whether tables are made and brought up to date. */
  readonly migrates: boolean;
  /** Whether it takes tasks, and looks after those of workers that died. */
  readonly isWorker: boolean;
  /** Whether it goes on without a database that is away, until it comes. */
  readonly mayBeAway: boolean;
  /** Told of what goes wrong beside a task: mostly that the database is away. */
  readonly onUnexpected: (error: unknown) => void;
}

/** A queue in the same database, by pg-boss. @throws ApiError STORE_UNAVAILABLE, also where its tables are missing. */
export async function openTaskQueue(options: TaskQueueOptions): Promise<TaskQueue> {
  const { mayBeAway, onUnexpected } = options;
  const tell = onceAMinute(onUnexpected);
  const closing = new AbortController();
  let boss: PgBoss | undefined;
  /** Tries until it can, or the queue is closed. */
  const startSoon = async () => {
    while (boss === undefined && !closing.signal.aborted) {
      const waited = sleep(POLL * 1_000, undefined, { signal: closing.signal, ref: false });
      await waited.catch(() => {});
      if (closing.signal.aborted) return;
      boss = await startBoss(options, tell).catch((error) => {
        tell(error);
        return undefined;
      });
    }
  };
  let starting = Promise.resolve();
  try {
    boss = await startBoss(options, tell);
  } catch (error) {
    if (!mayBeAway || !isAway(error)) throw error;
    starting = startSoon();
  }
  /** Whoever adds a task holds a transaction, which is no time to start it. */
  const present = (): PgBoss => {
    if (boss !== undefined) return boss;
    const expected = 'expected the queue of jobs, which comes with the database, got none yet';
    throw new ApiError('STORE_UNAVAILABLE', expected, { retryAfter: POLL });
  };
  return {
    isThere: () => boss !== undefined,
    addJob: async (connection, job) => {
      await present().send(JOBS, { job }, { singletonKey: job, db: within(connection) });
    },
    addSlices: async (connection, job, ranges) => {
      const tasks = ranges.map(({ after, until }) => ({
        data: { job, after, until },
        singletonKey: `${job}:${after}-${until}`,
      }));
      await present().insert(SLICES, tasks, { db: within(connection) });
    },
    work: async ({ onJob, onSlice }, concurrency) => {
      await starting;
      const take = async <Task>(queue: string, slots: number, body: DoTask<Task>) => {
        const taking = { ...TAKING, localConcurrency: slots };
        await boss?.work<Task>(queue, taking, ([task]) =>
          body(task!.data, task!.signal, async (connection) => {
            await present().complete(queue, task!, null, { db: within(connection) });
          }),
        );
      };
      await take(JOBS, 2, onJob);
      await take(SLICES, concurrency, onSlice);
    },
    close: async (graceMs = 0) => {
      closing.abort();
      await starting;
      await boss?.stop({ graceful: graceMs > 0, timeout: Math.max(1_000, graceMs) });
    },
  };
}

/** @param tell of what goes wrong beside a task. */
async function startBoss(
  { postgres, migrates, isWorker }: TaskQueueOptions,
  tell: (error: unknown) => void,
): Promise<PgBoss> {
  const schema = await postgres.first<{ readonly name: string }>('SELECT current_schema() AS name');
  const { types: _, ...settings } = postgres.settings;
  const boss = new PgBoss({
    ...(settings as object),
    // Apart from the pool of everything else: signs of life do not wait for long writes.
    max: isWorker ? 3 : 1,
    schema: schema!.name === 'public' ? 'clipql_tasks' : `${schema!.name}_tasks`,
    migrate: migrates,
    createSchema: migrates,
    schedule: false,
    supervise: isWorker,
    superviseIntervalSeconds: SUPERVISE,
    monitorIntervalSeconds: SUPERVISE,
    queueCacheIntervalSeconds: SUPERVISE,
    useListenNotify: isWorker,
    registerInstance: false,
  });
  const address = shownAddress(postgres.settings.connectionString!);
  boss.on('error', (error) => tell(storeError(error, address)));
  try {
    await boss.start();
    await boss.createQueue(JOBS, { ...TASK_OPTIONS, policy: 'stately' });
    await boss.createQueue(SLICES, { ...TASK_OPTIONS, policy: 'exclusive' });
    return boss;
  } catch (cause) {
    await boss.stop({ graceful: false }).catch(() => {});
    throw queueError(cause, address);
  }
}

function queueError(cause: unknown, address: string): unknown {
  const known = storeError(cause, address);
  if (known instanceof ApiError || !(cause instanceof Error)) return known;
  const got = oneLine(cause.message);
  const message = `expected the tables of the queue, which clipql migrate makes, got: ${got} (${address})`;
  return new ApiError('STORE_UNAVAILABLE', message, { cause, retryable: false });
}

/** While the database is away, each look for tasks fails. */
function onceAMinute(tell: (error: unknown) => void): (error: unknown) => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (performance.now() - toldAt < MINUTE_MS) return;
    toldAt = performance.now();
    tell(error);
  };
}

const within = (connection: Connection): Db => ({
  executeSql: async (text, values = []) => ({
    rows: await connection.rows(text, ...(values as Parameters<Connection['rows']>[1][])),
  }),
});
