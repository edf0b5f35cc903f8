/** What the database's threads do for jobs; each write is one transaction. */
import type { DatabaseSync } from 'node:sqlite';
import { type NextVectors, setNextVectors } from '../../collections/sqlite/reembed-items.ts';
import { type ItemBatch, upsertItems } from '../../collections/sqlite/write-items.ts';
import type { PublicError } from '../../errors/public-error.ts';
import { checkOpenJobs, MAX_KEPT_JOBS } from '../../limits/collections.ts';
import { all, first, run } from '../../sqlite/statements.ts';
import type { Job, JobFailure, JobState, NewJob, NewJobItem } from '../job.ts';
import { type JobRow, jobOf } from '../job-row.ts';
import { type JobBatch, type JobItem, SUSPECT_DEATHS } from '../job-store.ts';

/** Of states in which nothing more happens by itself. */
const OVER = `state IN ('DONE', 'FAILED', 'CANCELLED')`;

/** A job that is being added is nobody's until it has all of its items. */
const DRAFT = 'DRAFT';

export const reads = {
  get: (db: DatabaseSync, id: string): Job | undefined => jobById(db, id),

  list: (
    db: DatabaseSync,
    { owner, first: most, before }: { owner: string; first: number; before: string | undefined },
  ): Job[] =>
    jobs(
      db,
      `owner = ? AND state <> '${DRAFT}' AND id < ? ORDER BY id DESC LIMIT ?`,
      owner,
      before === undefined ? Number.MAX_SAFE_INTEGER : Number(before),
      most,
    ),

  changed: (db: DatabaseSync, known: ReadonlyMap<string, number>): Job[] =>
    jobs(
      db,
      `id IN (SELECT value FROM json_each(?)) AND state <> '${DRAFT}'`,
      JSON.stringify(Array.from(known.keys(), Number)),
    ).filter(({ id, version }) => version !== known.get(id)),

  runnable: (db: DatabaseSync, local: boolean): Job[] =>
    jobs(db, `state IN ('QUEUED', 'RUNNING') AND local = ? ORDER BY id`, Number(local)),

  waiting: (
    db: DatabaseSync,
    query: { id: string; after: number; until: number; first: number; suspects: boolean },
  ): JobItem[] =>
    all<ItemRow>(
      db,
      `SELECT seq, key, source, metadata, deaths FROM job_items
       WHERE job = ? AND seq > ? AND seq <= ? AND code IS NULL
         AND deaths ${query.suspects ? '>=' : '<'} ${SUSPECT_DEATHS}
       ORDER BY ${query.suspects ? 'deaths, seq' : 'seq'} LIMIT ?`,
      Number(query.id),
      query.after,
      query.until,
      query.first,
    ).map(itemOf),

  /** With one more than asked for, where there are more. */
  failures: (
    db: DatabaseSync,
    { id, first: most, after }: { id: string; first: number; after: number },
  ): FailureRow[] =>
    all<FailureRow>(
      db,
      `SELECT seq, key, source, code, message, retryable FROM job_items
       WHERE job = ? AND seq > ? AND code IS NOT NULL ORDER BY seq LIMIT ?`,
      Number(id),
      after,
      most + 1,
    ),
};

export const writes = {
  /** A job without items of its own is there at once; another is a draft until it has them all. */
  add: (db: DatabaseSync, { job, isDraft }: { job: NewJob; isDraft: boolean }): string => {
    const { owner, collection, collectionId, work, local } = job;
    checkOpenJobs(openJobs(db, owner));
    forgetOldJobs(db, owner);
    const row = first<{ id: number }>(
      db,
      `INSERT INTO jobs (owner, collection, collection_id, work, local, state, created_at, version)
       VALUES (?, ?, ?, ?, ?, ?, ?, ${NEXT_VERSION}) RETURNING id`,
      owner,
      collection,
      collectionId,
      JSON.stringify(work),
      Number(local),
      isDraft ? DRAFT : 'QUEUED',
      Date.now(),
    );
    return String(row!.id);
  },

  openDraft: (db: DatabaseSync, id: string): Job => {
    writes.setListed(db, id);
    return change(db, id, `state = 'QUEUED'`)!;
  },

  dropDraft: (db: DatabaseSync, id: string): void => {
    run(db, `DELETE FROM job_items WHERE job = ?`, Number(id));
    run(db, `DELETE FROM jobs WHERE id = ? AND state = '${DRAFT}'`, Number(id));
  },

  /** Those that a process left behind which died. */
  dropDraftsBefore: (db: DatabaseSync, time: number): void => {
    const drafts = `FROM jobs WHERE state = '${DRAFT}' AND created_at < ?`;
    run(db, `DELETE FROM job_items WHERE job IN (SELECT id ${drafts})`, time);
    run(db, `DELETE ${drafts}`, time);
  },

  setState: (
    db: DatabaseSync,
    change_: {
      id: string;
      from: readonly JobState[];
      to: JobState;
      error: PublicError | undefined;
    },
  ): Job | undefined => {
    const { id, from, to, error } = change_;
    const current = jobById(db, id);
    if (current === undefined || !from.includes(current.state)) return undefined;
    const text = error === undefined ? null : JSON.stringify(error);
    return change(db, id, 'state = ?, error = ?, per_second = NULL', to, text);
  },

  addItems: (
    db: DatabaseSync,
    { id, items }: { id: string; items: readonly NewJobItem[] },
  ): void => {
    for (const { key, source, metadata } of items) {
      const text = metadata === undefined ? null : JSON.stringify(metadata);
      run(
        db,
        `INSERT INTO job_items (job, seq, key, source, metadata)
         VALUES (?1, (SELECT coalesce(max(seq), 0) + 1 FROM job_items WHERE job = ?1), ?2, ?3, ?4)
         ON CONFLICT (job, key) DO UPDATE SET source = excluded.source, metadata = excluded.metadata`,
        Number(id),
        key,
        source,
        text,
      );
    }
  },

  setListed: (db: DatabaseSync, id: string): Job =>
    change(
      db,
      id,
      `total = done + failed + unchanged +
         (SELECT count(*) FROM job_items WHERE job = jobs.id AND code IS NULL)`,
    )!,

  setCounts: (
    db: DatabaseSync,
    { id, done, total, perSecond }: Pick<Job, 'id' | 'done' | 'total' | 'perSecond'>,
  ): void => {
    const values = [done, total ?? null, perSecond ?? null];
    change(db, id, 'done = ?, total = ?, per_second = ?', ...values);
  },

  /** Failed items wait again, with none of their deaths. */
  retryFailed: (db: DatabaseSync, id: string): Job => {
    run(
      db,
      `UPDATE job_items SET code = NULL, message = NULL, retryable = NULL, deaths = 0
       WHERE job = ? AND code IS NOT NULL`,
      Number(id),
    );
    return change(db, id, `failed = 0, error = NULL, state = 'QUEUED'`)!;
  },

  record: (db: DatabaseSync, { id, items, next, marks }: RecordedBatch): void => {
    if (items !== undefined) upsertItems(db, items);
    if (next !== undefined) setNextVectors(db, next);
    markItems(db, Number(id), marks);
  },
};

/** A `JobBatch` in the form in which it goes to the thread. */
interface RecordedBatch {
  readonly id: string;
  readonly items: ItemBatch | undefined;
  readonly next: NextVectors | undefined;
  readonly marks: Marks;
}

/** By `seq`. */
interface Marks
  extends Pick<JobBatch, 'begun' | 'released' | 'unchanged' | 'failed' | 'perSecond'> {
  readonly done: readonly number[];
}

function markItems(db: DatabaseSync, job: number, batch: Marks): void {
  const addDeaths = (seq: number, count: number) =>
    run(db, 'UPDATE job_items SET deaths = deaths + ? WHERE job = ? AND seq = ?', count, job, seq);
  for (const seq of batch.begun) addDeaths(seq, 1);
  for (const seq of batch.released) addDeaths(seq, -1);
  // Counted by what is there, so that what is recorded twice counts once.
  const finish = (seqs: readonly number[]) => {
    const sql = 'DELETE FROM job_items WHERE job = ? AND seq = ? AND code IS NULL';
    return seqs.reduce((sum, seq) => sum + run(db, sql, job, seq), 0);
  };
  const done = finish(batch.done);
  const unchanged = finish(batch.unchanged);
  let failed = 0;
  for (const { seq, error } of batch.failed) {
    const { code, message, retryable } = error;
    failed += run(
      db,
      `UPDATE job_items SET code = ?, message = ?, retryable = ?
       WHERE job = ? AND seq = ? AND code IS NULL`,
      code,
      message,
      retryable === undefined ? null : Number(retryable),
      job,
      seq,
    );
  }
  if (done + unchanged + failed === 0) return;
  change(
    db,
    String(job),
    'done = done + ?, unchanged = unchanged + ?, failed = failed + ?, per_second = ?',
    done,
    unchanged,
    failed,
    batch.perSecond,
  );
}

const NEXT_VERSION = '(SELECT coalesce(max(version), 0) + 1 FROM jobs)';

function change(
  db: DatabaseSync,
  id: string,
  assignments: string,
  ...values: readonly (string | number | null)[]
): Job | undefined {
  const sql = `UPDATE jobs SET ${assignments}, version = ${NEXT_VERSION} WHERE id = ? RETURNING *`;
  const row = first<JobRow>(db, sql, ...values, Number(id));
  return row && jobOf(row);
}

const jobById = (db: DatabaseSync, id: string): Job | undefined =>
  jobs(db, `id = ? AND state <> '${DRAFT}'`, Number(id))[0];

const jobs = (db: DatabaseSync, where: string, ...values: readonly (string | number)[]): Job[] =>
  all<JobRow>(db, `SELECT * FROM jobs WHERE ${where}`, ...values).map(jobOf);

interface ItemRow extends Omit<JobItem, 'metadata'> {
  readonly metadata: string | null;
}

const itemOf = ({ seq, key, source, metadata, deaths }: ItemRow): JobItem => ({
  seq,
  key,
  source,
  deaths,
  metadata: metadata === null ? undefined : JSON.parse(metadata),
});

interface FailureRow extends Omit<JobFailure, 'error'>, Pick<PublicError, 'code' | 'message'> {
  readonly seq: number;
  readonly retryable: number | null;
}

/** Those that are being added count: they take as much room. */
const openJobs = (db: DatabaseSync, owner: string): number =>
  first<{ open: number }>(
    db,
    `SELECT count(*) AS open FROM jobs WHERE owner = ? AND NOT ${OVER}`,
    owner,
  )!.open;

/** All but the newest that are over, with what failed of them. */
function forgetOldJobs(db: DatabaseSync, owner: string): void {
  const old = `SELECT id FROM jobs WHERE owner = ? AND ${OVER} ORDER BY id DESC LIMIT -1 OFFSET ${MAX_KEPT_JOBS}`;
  run(db, `DELETE FROM job_items WHERE job IN (${old})`, owner);
  run(db, `DELETE FROM jobs WHERE id IN (${old})`, owner);
}
