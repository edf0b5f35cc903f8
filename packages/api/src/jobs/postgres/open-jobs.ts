import type { PublicError } from '../../errors/public-error.ts';
import { checkOpenJobs, MAX_KEPT_JOBS } from '../../limits/collections.ts';
import { claim } from '../../postgres/claims.ts';
import type { Connection, Postgres, Value } from '../../postgres/connection.ts';
import type { Job, JobState, NewJob, NewJobItem } from '../job.ts';
import { type JobRow, jobOf } from '../job-row.ts';
import type { JobNotices, JobStore } from '../job-store.ts';
import { JOB_COLUMNS, rateWith } from './job-columns.ts';
import { addItems, failedItems, waitingItems } from './job-items.ts';
import { recordBatch } from './record-batch.ts';

/** Of states in which nothing more happens by itself. */
const OVER = `state IN ('DONE', 'FAILED', 'CANCELLED')`;

/** A job that is being added is nobody's until it has all of its items. */
const DRAFT = 'DRAFT';

/** An upload that takes longer is nobody's any more. */
const DRAFT_TIME = `interval '1 day'`;

/** What else happens when jobs change. */
export interface JobEvents {
  /** There is something to do for a job. Part of the transaction in which this is so. */
  readonly onRunnable: (connection: Connection, id: string) => Promise<void>;
  /** A job has changed, after the transaction. */
  readonly onChange: (id: string, isProgress: boolean) => void;
  readonly notices: JobNotices | undefined;
}

/** The jobs of a PostgreSQL database. */
export async function openPostgresJobs(
  postgres: Postgres,
  { onRunnable, onChange, notices }: JobEvents,
): Promise<JobStore> {
  // What cannot be removed now is when a process next begins.
  await postgres
    .run(
      `DELETE FROM jobs WHERE state = '${DRAFT}' AND created_at < clock_timestamp() - ${DRAFT_TIME}`,
    )
    .catch(() => {});

  /** A change of state: whoever watches is told. */
  const changing = async (body: (connection: Connection) => Promise<Job | undefined>) => {
    const job = await postgres.transaction(async (connection) => {
      const changed = await body(connection);
      if (changed?.state === 'QUEUED' && !changed.local) await onRunnable(connection, changed.id);
      return changed;
    });
    if (job !== undefined) onChange(job.id, false);
    return job;
  };

  const addWithItems = async (job: NewJob, batches: AsyncIterable<readonly NewJobItem[]>) => {
    const { id } = await postgres.transaction((connection) => insertJob(connection, job, DRAFT));
    try {
      for await (const items of batches) {
        await postgres.transaction((connection) => addItems(connection, id, items));
      }
      const opened = await changing(async (connection) => {
        await setListed(connection, id);
        return change(connection, id, `state = 'QUEUED'`);
      });
      return opened!;
    } catch (error) {
      await postgres
        .run(`DELETE FROM jobs WHERE id = $1 AND state = '${DRAFT}'`, id)
        .catch(() => {});
      throw error;
    }
  };

  return {
    notices,
    add: async (job, items) => {
      if (items !== undefined) return addWithItems(job, items);
      return (await changing((connection) => insertJob(connection, job, 'QUEUED')))!;
    },
    get: (id) => jobById(postgres, id),
    list: (owner, { first, before }) =>
      jobs(
        postgres,
        `owner = $1 AND state <> '${DRAFT}' AND id < $2 ORDER BY id DESC LIMIT $3`,
        owner,
        before === undefined ? Number.MAX_SAFE_INTEGER : idOf(before),
        first,
      ),
    changed: async (known) => {
      const ids = Array.from(known.keys(), idOf);
      const found = await jobs(postgres, `id = ANY ($1::bigint[]) AND state <> '${DRAFT}'`, ids);
      return found.filter(({ id, version }) => version !== known.get(id));
    },
    runnable: (local) =>
      jobs(postgres, `state IN ('QUEUED', 'RUNNING') AND local = $1 ORDER BY id`, local),
    claim: (id) => claim(postgres, `job ${idOf(id)}`),
    setState: (id, from, to, error) =>
      changing((connection) => setState(connection, id, from, to, error)),
    addItems: (id, items) => postgres.transaction((connection) => addItems(connection, id, items)),
    setListed: async (id) => {
      const listed = await setListed(postgres, id);
      onChange(id, false);
      return listed;
    },
    setCounts: async (id, { done, total }) => {
      const set = `${rateWith('greatest(0, $2 - done)')}, done = $2, total = $3`;
      await change(postgres, id, set, done, total ?? null);
      onChange(id, true);
    },
    waiting: (id, query) => waitingItems(postgres, id, query),
    record: async (id, collection, batch) => {
      const isCounted = await postgres.transaction((connection) =>
        recordBatch(connection, id, collection, batch),
      );
      if (isCounted) onChange(id, true);
    },
    failures: (id, query) => failedItems(postgres, id, query),
    retryFailed: async (id) => (await changing((connection) => retryFailed(connection, id)))!,
  };
}

async function insertJob(
  connection: Connection,
  { owner, collection, collectionId, work, local }: NewJob,
  state: 'QUEUED' | typeof DRAFT,
): Promise<Job> {
  // One at a time for an owner, so that two do not both find the last place.
  await connection.run(
    `SELECT pg_advisory_xact_lock(hashtextextended('jobs of ' || $1, 0))`,
    owner,
  );
  // Those that are being added count: they take as much room.
  const counted = await connection.first<{ readonly open: number }>(
    `SELECT count(*) AS open FROM jobs WHERE owner = $1 AND NOT ${OVER}`,
    owner,
  );
  checkOpenJobs(counted!.open);
  await connection.run(
    `DELETE FROM jobs WHERE id IN
       (SELECT id FROM jobs WHERE owner = $1 AND ${OVER} ORDER BY id DESC OFFSET $2)`,
    owner,
    MAX_KEPT_JOBS,
  );
  const row = await connection.first<JobRow>(
    `INSERT INTO jobs (owner, collection, collection_id, work, local, state)
     VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${JOB_COLUMNS}`,
    owner,
    collection,
    collectionId,
    JSON.stringify(work),
    local,
    state,
  );
  return jobOf(row!);
}

async function setState(
  connection: Connection,
  id: string,
  from: readonly JobState[],
  to: JobState,
  error?: PublicError,
): Promise<Job | undefined> {
  const row = await connection.first<JobRow>(
    `UPDATE jobs SET state = $3, error = $4, version = version + 1, rate = NULL, rated_at = NULL,
       began_at = clock_timestamp(), changed_at = clock_timestamp()
     WHERE id = $1 AND state = ANY ($2::text[]) RETURNING ${JOB_COLUMNS}`,
    idOf(id),
    from,
    to,
    error === undefined ? null : JSON.stringify(error),
  );
  return row && jobOf(row);
}

const setListed = async (connection: Connection, id: string): Promise<Job> =>
  (await change(
    connection,
    id,
    `total = done + failed + unchanged +
       (SELECT count(*) FROM job_items WHERE job = jobs.id AND error IS NULL)`,
  ))!;

/** Failed items wait again, with none of their deaths. */
async function retryFailed(connection: Connection, id: string): Promise<Job | undefined> {
  await connection.run(
    'UPDATE job_items SET error = NULL, deaths = 0 WHERE job = $1 AND error IS NOT NULL',
    id,
  );
  return change(connection, id, `failed = 0, error = NULL, state = 'QUEUED'`);
}

/** @param assignments `$2` and those that follow are the values. */
async function change(
  connection: Connection,
  id: string,
  assignments: string,
  ...values: readonly Value[]
): Promise<Job | undefined> {
  const sql = `UPDATE jobs SET ${assignments}, version = version + 1, changed_at = clock_timestamp()
    WHERE id = $1 RETURNING ${JOB_COLUMNS}`;
  const row = await connection.first<JobRow>(sql, id, ...values);
  return row && jobOf(row);
}

const jobById = async (connection: Connection, id: string): Promise<Job | undefined> =>
  (await jobs(connection, `id = $1 AND state <> '${DRAFT}'`, idOf(id)))[0];

async function jobs(
  connection: Connection,
  where: string,
  ...values: readonly Value[]
): Promise<readonly Job[]> {
  const sql = `SELECT ${JOB_COLUMNS} FROM jobs WHERE ${where}`;
  return (await connection.rows<JobRow>(sql, ...values)).map(jobOf);
}

/** Clients may ask for any text: no job has the id 0. */
const idOf = (id: string): number => (/^\d{1,15}$/.test(id) ? Number(id) : 0);
