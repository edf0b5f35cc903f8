import type { Job, JobState } from '../job.ts';

/** A row of `jobs`, by {@link JOB_COLUMNS}. */
export interface JobRow {
  readonly id: number;
  readonly owner: string;
  readonly collection: string;
  readonly collection_id: number;
  readonly work: string;
  readonly local: boolean;
  readonly state: JobState;
  readonly total: number | null;
  readonly done: number;
  readonly failed: number;
  readonly unchanged: number;
  readonly per_second: number | null;
  readonly error: string | null;
  readonly created_at: Date;
  readonly version: number;
}

/** Seconds that count for how many items there are a second, of late. */
const WINDOW = 10;

/** What is left of a rate after the time since something was counted. */
const fading = (since: string): string =>
  `exp(-extract(epoch FROM clock_timestamp() - ${since})::float8 / ${WINDOW})`;

/** The rate after `count` more. All workers of a job count in one place, by the clock of the database. */
export const rateWith = (count: string): string =>
  `rate = coalesce(rate * ${fading('rated_at')}, 0) + (${count})::float8 / ${WINDOW}, rated_at = clock_timestamp()`;

/** A rate begins at 0: divided by how much of it can be there by now, it is right from the first item on. */
const PER_SECOND = `rate * ${fading('rated_at')} / greatest(0.001, 1 - ${fading('began_at')})`;

export const JOB_COLUMNS = `id, owner, collection, collection_id, work::text, local, state, total, done, failed,
  unchanged, ${PER_SECOND} AS per_second, error::text, created_at, version`;

export function jobOf(row: JobRow): Job {
  const { done, failed, unchanged, state, owner, collection, local, version } = row;
  const total = row.total ?? undefined;
  const perSecond = state === 'RUNNING' ? (row.per_second ?? undefined) : undefined;
  const left = total === undefined ? undefined : total - done - failed - unchanged;
  return {
    id: String(row.id),
    ...{ owner, collection, local, state, total, done, failed, unchanged, perSecond, version },
    collectionId: row.collection_id,
    work: JSON.parse(row.work),
    secondsLeft: left !== undefined && perSecond ? left / perSecond : undefined,
    createdAt: row.created_at,
    error: row.error === null ? undefined : JSON.parse(row.error),
  };
}
