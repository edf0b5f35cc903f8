import type { Job, JobState } from '../job.ts';

/** A row of `jobs`. */
export interface JobRow {
  readonly id: number;
  readonly owner: string;
  readonly collection: string;
  readonly collection_id: number;
  readonly work: string;
  readonly local: number;
  readonly state: JobState;
  readonly total: number | null;
  readonly done: number;
  readonly failed: number;
  readonly unchanged: number;
  readonly per_second: number | null;
  readonly error: string | null;
  readonly created_at: number;
  readonly version: number;
}

export function jobOf(row: JobRow): Job {
  const { done, failed, unchanged, state } = row;
  const total = row.total ?? undefined;
  const perSecond = state === 'RUNNING' ? (row.per_second ?? undefined) : undefined;
  const left = total === undefined ? undefined : total - done - failed - unchanged;
  return {
    id: String(row.id),
    owner: row.owner,
    collection: row.collection,
    collectionId: row.collection_id,
    work: JSON.parse(row.work),
    local: row.local === 1,
    state,
    total,
    done,
    failed,
    unchanged,
    perSecond,
    secondsLeft: left !== undefined && perSecond ? left / perSecond : undefined,
    createdAt: new Date(row.created_at),
    error: row.error === null ? undefined : JSON.parse(row.error),
    version: row.version,
  };
}
