import type { Job, JobState } from './job.ts';

/** A job as the tables of all engines have it. */
export interface JobRow {
  readonly id: number;
  readonly owner: string;
  readonly collection: string;
  readonly collection_id: number;
  /** JSON. */
  readonly work: string;
  /** SQLite has 0 and 1. */
  readonly local: boolean | number;
  readonly state: JobState;
  readonly total: number | null;
  readonly done: number;
  readonly failed: number;
  readonly unchanged: number;
  readonly per_second: number | null;
  /** JSON. */
  readonly error: string | null;
  /** SQLite has milliseconds. */
  readonly created_at: Date | number;
  readonly version: number;
}

export function jobOf(row: JobRow): Job {
  const { owner, collection, state, done, failed, unchanged, version } = row;
  const total = row.total ?? undefined;
  const perSecond = state === 'RUNNING' ? (row.per_second ?? undefined) : undefined;
  const left = total === undefined ? undefined : total - done - failed - unchanged;
  return {
    id: String(row.id),
    ...{ owner, collection, state, total, done, failed, unchanged, perSecond, version },
    collectionId: row.collection_id,
    work: JSON.parse(row.work),
    local: Boolean(row.local),
    secondsLeft: left !== undefined && perSecond ? left / perSecond : undefined,
    createdAt: new Date(row.created_at),
    error: row.error === null ? undefined : JSON.parse(row.error),
  };
}
