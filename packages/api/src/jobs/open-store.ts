import { createClassifiers, type OwnedClassifiers } from '../classifiers/classifiers.ts';
import { LiveIndexes } from '../collections/live-indexes.ts';
import type { ReadImage } from '../images/read-image.ts';
import type { ModelRegistry } from '../models/registry.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { closeAll } from './close-all.ts';
import type { Engine, RunsJobs } from './engine.ts';
import { ItemReader } from './item-reader.ts';
import type { WorkDependencies } from './item-work.ts';
import type { Job } from './job.ts';
import { JobFeed } from './job-feed.ts';
import { JobQueue } from './job-queue.ts';
import { JobRunner } from './runner.ts';
import { openDataFolder } from './sqlite/open-data-folder.ts';
import { createThumbnails } from './thumbnails/make-thumbnail.ts';

export interface StoreOptions {
  /** The data folder; a temporary one unless given. */
  readonly data: string | undefined;
  /** The address of a PostgreSQL database, instead of the data folder. */
  readonly store?: string | undefined;
  /** Whether its tables are brought up to date; yes unless given. */
  readonly migrates?: boolean;
  /** Runs the jobs of all servers of that database, so many slices at a time. */
  readonly worker?: { readonly concurrency: number };
  readonly models: ModelRegistry;
  /** Reads the images of jobs that are no files. */
  readonly readImage: ReadImage;
  /** The folders whose files jobs may read; undefined for all files. */
  readonly folders: readonly string[] | undefined;
  /** Requests at a time to one host. */
  readonly fetchesPerHost: number;
  /** Milliseconds before a job asks for an image again; 1,000 unless given. */
  readonly retryDelay?: number;
  /** Of an image file. */
  readonly maxFileBytes: number;
  /** Bytes of all indexes in memory. */
  readonly indexBytes: number;
  /** Whether it runs the command line's own jobs. */
  readonly local: boolean;
  /** Which of these jobs it runs; all unless given. */
  readonly accepts?: (job: Job) => boolean;
  readonly metrics?: Metrics;
  /** Told of what no user can do anything about. */
  readonly onUnexpected?: (error: unknown) => void;
}

/** All that is kept, as one process has it. */
export interface Store
  extends Pick<Engine, 'backup' | 'close' | 'collections' | 'counts' | 'isThere' | 'server'> {
  readonly indexes: LiveIndexes;
  readonly classifiers: OwnedClassifiers;
  readonly jobs: JobQueue;
  /** Runs no jobs until it is started. Jobs that run when the store is closed go on elsewhere or later. */
  readonly runner: RunsJobs;
}

/** @throws ApiError STORE_DAMAGED, STORE_TOO_NEW, STORE_FULL, STORE_UNAVAILABLE. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const engine = await openEngine(options);
  const { collections, jobs, counts, server, isThere, backup } = engine;
  const classifiers = createClassifiers(engine.classifiers, options.metrics);
  const feed = new JobFeed(jobs);
  const thumbnails = createThumbnails(!options.local);
  const { readImage: read, folders, maxFileBytes, indexBytes } = options;
  const indexes = new LiveIndexes(collections, { maxBytes: indexBytes });
  const reader = new ItemReader({ read, folders, maxFileBytes });
  const dependencies = { ...options, jobs, collections, reader, makeThumbnail: thumbnails.make };
  const { runner, wake } = createRunner(options, engine, dependencies, feed);
  return {
    ...{ collections, indexes, classifiers, runner, counts, server, isThere, backup },
    jobs: new JobQueue(jobs, collections, feed, reader, wake),
    close: () =>
      closeAll([
        () => runner.stop(),
        () => thumbnails.close(),
        () => classifiers.close(),
        () => indexes.dispose(),
        () => engine.close(),
      ]),
  };
}

async function openEngine(options: StoreOptions): Promise<Engine> {
  const { data, store, migrates = true, worker, local, metrics, onUnexpected = () => {} } = options;
  if (store === undefined) return openDataFolder(data);
  // Loaded only where it is used: most commands start without.
  const { openServer } = await import('./postgres/open-server.ts');
  return openServer(store, {
    ...{ migrates, isWorker: worker !== undefined, onUnexpected, metrics },
    // Whoever runs a command waits for nothing.
    mayBeAway: !local,
  });
}

/** A server leaves its jobs to workers where there may be some. The command line reads its own files. */
function createRunner(
  { data, local, accepts, worker, onUnexpected = () => {} }: StoreOptions,
  { createWorker }: Engine,
  dependencies: WorkDependencies,
  feed: JobFeed,
): { readonly runner: RunsJobs; readonly wake: () => void } {
  if (createWorker === undefined || local) {
    const isShared = createWorker !== undefined || data !== undefined;
    const own = { local, isShared, onUnexpected, ...(accepts && { accepts }) };
    const runner = new JobRunner({ ...dependencies, ...own, feed });
    return { runner, wake: () => runner.wake() };
  }
  if (worker === undefined) return { runner: NO_RUNNER, wake: () => {} };
  const runner = createWorker({ ...dependencies, ...worker, feed, onUnexpected });
  return { runner, wake: () => {} };
}

const NO_RUNNER: RunsJobs = { start: () => {}, stop: async () => {} };
