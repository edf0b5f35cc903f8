import type { Collection } from '../collections/collection.ts';
import { ApiError } from '../errors/api-error.ts';
import { deleteItems } from './delete-items.ts';
import { type ItemWork, openItemWork, type WorkDependencies } from './item-work.ts';
import type { Job } from './job.ts';

/**
 * Does a job's work, or the rest of it.
 *
 * @throws what ends the job; the signal's reason once it is aborted.
 */
export async function runWork(
  dependencies: WorkDependencies,
  job: Job,
  signal: AbortSignal,
): Promise<void> {
  const collection = await collectionOfJob(dependencies, job);
  if (job.work.kind === 'DELETE') {
    return deleteItems(dependencies, job, collection, job.work, signal);
  }
  const work = await openItemWork(dependencies, job, job.work, collection);
  if (work === undefined) return;
  try {
    if (job.total === undefined) await listItems(dependencies, job, work, signal);
    do {
      await work.through(signal);
    } while (!(await work.finish()));
  } finally {
    work.release();
  }
}

/** @throws ApiError UNKNOWN_COLLECTION, also for another of the same name. */
export async function collectionOfJob(
  { collections }: WorkDependencies,
  job: Job,
): Promise<Collection> {
  const collection = await collections.find(job.owner, job.collection);
  if (collection.id === job.collectionId) return collection;
  const got = 'another of the same name';
  const expected = `expected the collection ${job.collection} that the job is for`;
  throw new ApiError('UNKNOWN_COLLECTION', `${expected}, got ${got}`);
}

/** Adds what the job lists itself. If it is done again after a kill, what is known stays. */
export async function listItems(
  { jobs }: WorkDependencies,
  { id }: Job,
  work: ItemWork,
  signal: AbortSignal,
): Promise<void> {
  for await (const items of work.list()) {
    signal.throwIfAborted();
    await jobs.addItems(id, items);
  }
  await jobs.setListed(id);
}
