import type { RowSet } from '@clipql/core';
import type { Collection } from '../collections/collection.ts';
import type { CollectionStore } from '../collections/store.ts';
import type { DeleteWork, Job } from './job.ts';
import type { JobStore } from './job-store.ts';
import { Rate } from './rate.ts';

/** Items that are removed at a time. */
const BATCH = 500;

/**
 * DELETE: removes what passes a filter, or counts it. After a kill it goes on with what still does.
 *
 * @throws ApiError BAD_FILTER; what collections throw; the signal's reason once it is aborted.
 */
export async function deleteItems(
  { collections, jobs }: { readonly collections: CollectionStore; readonly jobs: JobStore },
  job: Job,
  collection: Collection,
  { where, dryRun }: DeleteWork,
  signal: AbortSignal,
): Promise<void> {
  const rows = await collections.select(collection, where);
  const rate = new Rate();
  // What an earlier run removed is gone from the rows; with a first one there is no total yet.
  const before = job.total === undefined ? 0 : Math.max(job.done, job.total - rows.size);
  const total = before + rows.size;
  let done = before;
  const count = () => jobs.setCounts(job.id, { done, total, perSecond: rate.perSecond });
  await count();
  if (dryRun) return;
  for (const batch of batchesOf(rows)) {
    signal.throwIfAborted();
    const items = await collections.itemsOfRows(collection, batch);
    const removed = await collections.remove(
      collection,
      items.flatMap((item) => item?.key ?? []),
    );
    rate.count(removed);
    done += batch.length;
    await count();
  }
}

function* batchesOf(rows: RowSet): Generator<readonly number[]> {
  let batch: number[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
