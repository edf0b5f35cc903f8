import type { Collection } from '../collections/collection.ts';
import type { CollectionStore } from '../collections/store.ts';
import type { ModelLease, ModelRegistry } from '../models/registry.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { ItemEmbedder } from './embed-item.ts';
import { ItemFetcher } from './fetch-item.ts';
import { indexItems } from './index-items.ts';
import type { ItemReader } from './item-reader.ts';
import type { IndexWork, Job, NewJobItem, ReembedWork } from './job.ts';
import type { JobStore } from './job-store.ts';
import { leaseSpace, spaceOf } from './lease-space.ts';
import { collectionItems, listFolder } from './list-items.ts';
import { Recorder } from './recorder.ts';
import { finishReembedding, reembedItems } from './reembed-items.ts';
import type { MakeThumbnail } from './thumbnails/make-thumbnail.ts';
import type { Turns } from './turns.ts';
import {
  type ItemRange,
  type ProcessItem,
  type WorkThroughOptions,
  workThrough,
} from './work-through.ts';

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
  /** Of all that goes on in this process; what may kill it waits for the job’s other items alone unless given. */
  readonly turns?: Turns;
  /** Where jobs and their items are counted; nowhere unless given. */
  readonly metrics?: JobMetrics;
}

/** Requests at a time to one host unless settings say otherwise. */
const DEFAULT_FETCHES_PER_HOST = 4;

/** A job that goes from image to image, with the model and the way to the hosts that all of them share. */
export interface ItemWork {
  /** What the job is to list itself. @throws ApiError FOLDER_NOT_ALLOWED, NO_IMAGES. */
  list(): AsyncIterable<readonly NewJobItem[]>;
  /**
   * Works through the items that wait.
   *
   * @param range all of them unless given.
   * @throws what ends the job; the signal's reason once it is aborted.
   */
  through(signal: AbortSignal, range?: ItemRange): Promise<void>;
  /** Once none waits. @returns whether the job is done; else there are more items. */
  finish(): Promise<boolean>;
  /** Lets go of the model. */
  release(): void;
}

/**
 * @returns undefined for what is done already.
 * @throws ApiError COLLECTION_MODEL_MISMATCH; what loading throws.
 */
export async function openItemWork(
  dependencies: WorkDependencies,
  job: Job,
  work: IndexWork | ReembedWork,
  collection: Collection,
): Promise<ItemWork | undefined> {
  return work.kind === 'INDEX'
    ? openIndexing(dependencies, job, work, collection)
    : openReembedding(dependencies, job, work, collection);
}

async function openIndexing(
  dependencies: WorkDependencies,
  job: Job,
  work: IndexWork,
  collection: Collection,
): Promise<ItemWork> {
  const { collections, models, reader } = dependencies;
  const makeThumbnail = work.thumbnails ? dependencies.makeThumbnail : undefined;
  const lease = await leaseSpace(models, collection.space);
  const parts = sharedParts(dependencies, job, lease);
  return {
    list: async function* () {
      yield* listFolder(await reader.checkFolder(work.folder ?? ''));
    },
    through: (signal, range) => {
      const recorder = recorderOf(dependencies, job, collection);
      const options = { ...parts, collections, collection, work, reader, makeThumbnail, recorder };
      return workThrough({
        ...throughOptions(dependencies, job, recorder, signal, range),
        prepare: (items) => indexItems(options, items),
      });
    },
    finish: async () => true,
    release: lease.release,
  };
}

async function openReembedding(
  dependencies: WorkDependencies,
  job: Job,
  { model }: ReembedWork,
  found: Collection,
): Promise<ItemWork | undefined> {
  const { jobs, collections, models } = dependencies;
  const lease = await models.lease(model);
  try {
    const collection = await collections.beginReembedding(found, await spaceOf(lease.model, model));
    // It was killed between the last vector and the end.
    if (collection.reembedding === undefined) {
      lease.release();
      return undefined;
    }
    const parts = sharedParts(dependencies, job, lease);
    return {
      list: () => collectionItems(collections, collection),
      through: (signal, range) => {
        const recorder = recorderOf(dependencies, job, collection);
        const options = { ...parts, collections, collection, recorder };
        return workThrough({
          ...throughOptions(dependencies, job, recorder, signal, range),
          prepare: (items): Promise<ProcessItem> => reembedItems(options, items),
        });
      },
      finish: () => finishReembedding(collections, jobs, job.id, collection),
      release: lease.release,
    };
  } catch (error) {
    lease.release();
    throw error;
  }
}

function sharedParts(
  { reader, fetchesPerHost = DEFAULT_FETCHES_PER_HOST, retryDelay = 1_000 }: WorkDependencies,
  { owner }: Job,
  { model }: ModelLease,
) {
  return {
    fetcher: new ItemFetcher({ reader, fetchesPerHost, retryDelay }),
    embedder: new ItemEmbedder(model, owner),
  };
}

const recorderOf = ({ jobs, metrics }: WorkDependencies, { id }: Job, collection: Collection) =>
  new Recorder(jobs, id, collection, (outcome, count) => metrics?.jobItems.inc({ outcome }, count));

const throughOptions = (
  { jobs, turns }: WorkDependencies,
  { id }: Job,
  recorder: Recorder,
  signal: AbortSignal,
  range: ItemRange | undefined,
): Omit<WorkThroughOptions, 'prepare'> => ({ jobs, id, recorder, signal, range, turns });
