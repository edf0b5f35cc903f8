import type { Collection } from '../collections/collection.ts';
import type { CollectionStore } from '../collections/store.ts';
import { ApiError } from '../errors/api-error.ts';
import type { ModelLease, ModelRegistry } from '../models/registry.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { deleteItems } from './delete-items.ts';
import { ItemEmbedder } from './embed-item.ts';
import { ItemFetcher } from './fetch-item.ts';
import { indexItems } from './index-items.ts';
import type { ItemReader } from './item-reader.ts';
import type { IndexWork, Job, ReembedWork } from './job.ts';
import type { JobStore } from './job-store.ts';
import { leaseSpace, spaceOf } from './lease-space.ts';
import { collectionItems, listFolder } from './list-items.ts';
import { Recorder } from './recorder.ts';
import { finishReembedding, reembedItems } from './reembed-items.ts';
import type { MakeThumbnail } from './thumbnails/make-thumbnail.ts';
import { workThrough } from './work-through.ts';

/** What jobs tell of themselves. */
type JobMetrics = Pick<Metrics, 'jobsRunning' | 'jobItems'>;

export interface WorkDependencies {
  readonly jobs: JobStore;
  readonly collections: CollectionStore;
  readonly models: ModelRegistry;
  readonly reader: ItemReader;
  readonly makeThumbnail: MakeThumbnail;
  /** Requests at a time to one host; 4 unless given. */
  readonly fetchesPerHost?: number;
  /** Milliseconds before an image is asked for again; 1,000 unless given. */
  readonly retryDelay?: number;
  /** Where jobs and their items are counted; nowhere unless given. */
  readonly metrics?: JobMetrics;
}

/** Requests at a time to one host unless settings say otherwise. */
const DEFAULT_FETCHES_PER_HOST = 4;

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
  const { collections } = dependencies;
  const collection = await collections.find(job.owner, job.collection);
  if (collection.id !== job.collectionId) {
    const got = 'another of the same name';
    const expected = `expected the collection ${job.collection} that the job is for`;
    throw new ApiError('UNKNOWN_COLLECTION', `${expected}, got ${got}`);
  }
  const { work } = job;
  if (work.kind === 'DELETE') return deleteItems(dependencies, job, collection, work, signal);
  const run = work.kind === 'INDEX' ? index : reembed;
  await run(dependencies, job, work as IndexWork & ReembedWork, collection, signal);
}

async function index(
  dependencies: WorkDependencies,
  job: Job,
  work: IndexWork,
  collection: Collection,
  signal: AbortSignal,
): Promise<void> {
  const { jobs, collections, models, reader, makeThumbnail } = dependencies;
  if (job.total === undefined) await listOwnFolder(dependencies, job, work, signal);
  const lease = await leaseSpace(models, collection.space);
  try {
    const parts = workParts(dependencies, job, collection, lease);
    const options = {
      ...parts,
      collections,
      collection,
      work,
      reader,
      makeThumbnail: work.thumbnails ? makeThumbnail : undefined,
    };
    await workThrough({
      jobs,
      id: job.id,
      signal,
      recorder: parts.recorder,
      prepare: (items) => indexItems(options, items),
    });
  } finally {
    lease.release();
  }
}

async function listOwnFolder(
  { jobs, reader }: WorkDependencies,
  { id }: Job,
  { folder }: IndexWork,
  signal: AbortSignal,
): Promise<void> {
  for await (const batch of listFolder(await reader.checkFolder(folder ?? ''))) {
    signal.throwIfAborted();
    await jobs.addItems(id, batch);
  }
  await jobs.setListed(id);
}

async function reembed(
  dependencies: WorkDependencies,
  job: Job,
  { model }: ReembedWork,
  found: Collection,
  signal: AbortSignal,
): Promise<void> {
  const { jobs, collections, models } = dependencies;
  const lease = await models.lease(model);
  try {
    const collection = await collections.beginReembedding(found, await spaceOf(lease.model, model));
    // It was killed between the last vector and the end.
    if (collection.reembedding === undefined) return;
    if (job.total === undefined) {
      for await (const items of collectionItems(collections, collection)) {
        signal.throwIfAborted();
        await jobs.addItems(job.id, items);
      }
      await jobs.setListed(job.id);
    }
    const parts = workParts(dependencies, job, collection, lease);
    const prepare = (items: Parameters<typeof reembedItems>[1]) =>
      reembedItems({ ...parts, collections, collection }, items);
    do {
      await workThrough({ jobs, id: job.id, signal, recorder: parts.recorder, prepare });
    } while (!(await finishReembedding(collections, jobs, job.id, collection)));
  } finally {
    lease.release();
  }
}

function workParts(
  { jobs, reader, metrics, ...options }: WorkDependencies,
  job: Job,
  collection: Collection,
  { model }: ModelLease,
) {
  const { fetchesPerHost = DEFAULT_FETCHES_PER_HOST, retryDelay = 1_000 } = options;
  return {
    fetcher: new ItemFetcher({ reader, fetchesPerHost, retryDelay }),
    embedder: new ItemEmbedder(model, job.owner),
    recorder: new Recorder(jobs, job.id, collection, (outcome, count) =>
      metrics?.jobItems.inc({ outcome }, count),
    ),
  };
}
