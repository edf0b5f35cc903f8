import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { tryLock } from '@clipql/core/node';
import { checkNewItems, checkNextVectors } from '../../collections/check-new-items.ts';
import type { Collection } from '../../collections/collection.ts';
import { packedHalves } from '../../collections/halves.ts';
import type { NextVectors } from '../../collections/sqlite/reembed-items.ts';
import type { ItemBatch } from '../../collections/sqlite/write-items.ts';
import type { Database } from '../../sqlite/database.ts';
import { moduleBeside } from '../../threads/module-beside.ts';
import type { Job, NewJob, NewJobItem } from '../job.ts';
import type { JobBatch, JobStore } from '../job-store.ts';
import type * as operations from './operations.ts';

/** An upload that takes longer than this, in milliseconds, is nobody's any more. */
const DRAFT_TIME = 24 * 3_600_000;

/**
 * The jobs of a data folder.
 *
 * @param folder holds a lock for each job that runs.
 * @param isShared whether there may be jobs of other processes.
 */
export async function openJobs(
  database: Database,
  folder: string,
  isShared = true,
): Promise<JobStore> {
  const locks = join(folder, 'jobs');
  await mkdir(locks, { recursive: true });
  const { reads, writes } = database.operations<typeof operations>(
    moduleBeside(import.meta.url, 'operations'),
  );
  if (isShared) await writes.dropDraftsBefore(Date.now() - DRAFT_TIME);

  const addWithItems = async (
    job: NewJob,
    batches: AsyncIterable<readonly NewJobItem[]>,
  ): Promise<Job> => {
    const id = await writes.add({ job, isDraft: true });
    try {
      for await (const items of batches) await writes.addItems({ id, items });
      return await writes.openDraft(id);
    } catch (error) {
      await writes.dropDraft(id).catch(() => {});
      throw error;
    }
  };

  return {
    add: async (job, items) => {
      if (items !== undefined) return addWithItems(job, items);
      return (await reads.get(await writes.add({ job, isDraft: false })))!;
    },
    get: (id) => reads.get(id),
    list: (owner, { first, before }) => reads.list({ owner, first, before }),
    changed: (known) => reads.changed(known),
    runnable: (local) => reads.runnable(local),
    claim: async (id) => {
      const lock = await tryLock(join(locks, `${id}.lock`));
      return 'release' in lock ? { release: async () => lock.release() } : undefined;
    },
    setState: (id, from, to, error) => writes.setState({ id, from, to, error }),
    addItems: (id, items) => writes.addItems({ id, items }),
    setListed: (id) => writes.setListed(id),
    setCounts: (id, counts) => writes.setCounts({ id, ...counts }),
    waiting: (id, query) => reads.waiting({ id, ...query }),
    record: (id, collection, batch) =>
      writes.record({
        id,
        items: batch.written.length === 0 ? undefined : itemBatch(collection, batch),
        next: batch.reembedded.length === 0 ? undefined : nextVectors(collection, batch),
        marks: marksOf(batch),
      }),
    failures: async (id, { first, after = '0' }) => {
      const rows = await reads.failures({ id, first, after: Number(after) });
      const page = rows.slice(0, first);
      return {
        failures: page.map(({ key, source, code, message, retryable }) => ({
          key,
          source,
          error: { code, message, ...(retryable !== null && { retryable: retryable === 1 }) },
        })),
        next: rows.length > first ? String(page.at(-1)!.seq) : undefined,
      };
    },
    retryFailed: (id) => writes.retryFailed(id),
  };
}

const reference = ({ id, name, space }: Collection) => ({ id, name, space });

function itemBatch(collection: Collection, { written }: JobBatch): ItemBatch {
  const { dimensions } = collection.space;
  const items = written.map(({ item }) => item);
  checkNewItems(items, dimensions);
  return {
    collection: reference(collection),
    items: items.map(({ embedding: _, ...item }) => item),
    vectors: packedHalves(
      items.map(({ embedding }) => embedding),
      dimensions,
    ),
  };
}

function nextVectors(collection: Collection, { reembedded }: JobBatch): NextVectors {
  const { space } = collection.reembedding!;
  const vectors = reembedded.map(({ vector }) => vector);
  checkNextVectors(vectors, space.dimensions);
  return {
    collection: reference(collection),
    space,
    rows: vectors.map(({ row }) => row),
    vectors: packedHalves(
      vectors.map(({ embedding }) => embedding),
      space.dimensions,
    ),
  };
}

/** What is written although its bytes are those of the time before counts as unchanged. */
function marksOf({ written, reembedded, unchanged, ...batch }: JobBatch) {
  const seqs = (entries: readonly { readonly seq: number }[]) => entries.map(({ seq }) => seq);
  const { old = [], fresh = [] } = Object.groupBy(written, ({ isUnchanged }) =>
    isUnchanged ? 'old' : 'fresh',
  );
  const { begun, released, failed, perSecond } = batch;
  const done = [...seqs(fresh), ...seqs(reembedded)];
  return { begun, released, failed, perSecond, done, unchanged: [...seqs(old), ...unchanged] };
}
