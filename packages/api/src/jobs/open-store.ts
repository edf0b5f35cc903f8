import { mkdir } from 'node:fs/promises';
import type { SharedCounts } from '../access/rate-limits.ts';
import { createClassifiers, type OwnedClassifiers } from '../classifiers/classifiers.ts';
import { openSqliteClassifiers } from '../classifiers/sqlite/sqlite-classifiers.ts';
import { LiveIndexes } from '../collections/live-indexes.ts';
import { openSqliteCollections } from '../collections/sqlite/sqlite-collections.ts';
import type { CollectionStore } from '../collections/store.ts';
import type { ReadImage } from '../images/read-image.ts';
import type { ModelRegistry } from '../models/registry.ts';
import type { Postgres } from '../postgres/connection.ts';
import { temporaryDataFolder } from '../sqlite/data-folder.ts';
import { type Database, openDatabase } from '../sqlite/database.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { ItemReader } from './item-reader.ts';
import type { Job } from './job.ts';
import { JobFeed } from './job-feed.ts';
import { JobQueue } from './job-queue.ts';
import { JobRunner } from './runner.ts';
import { openJobs } from './sqlite/open-jobs.ts';
import { createThumbnails } from './thumbnails/make-thumbnail.ts';

export interface StoreOptions {
  /** The data folder; a temporary one unless given. */
  readonly data: string | undefined;
  /** The address of a PostgreSQL database, for what it can hold. */
  readonly store?: string | undefined;
  /** Whether its tables are brought up to date. */
  readonly migrates?: boolean;
  readonly models: ModelRegistry;
  /** Reads the images of jobs that are no files. */
  readonly readImage: ReadImage;
  /** The folders whose files jobs may read; undefined for all files. */
  readonly folders: readonly string[] | undefined;
  /** Requests at a time to one host. */
  readonly fetchesPerHost: number;
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

/** What the data folder's database has, as one process has it. */
export interface Store {
  readonly collections: CollectionStore;
  readonly indexes: LiveIndexes;
  readonly classifiers: OwnedClassifiers;
  readonly jobs: JobQueue;
  /** Runs no jobs until it is started. */
  readonly runner: JobRunner;
  /** Where all servers of a database count requests; undefined for a server that is alone. */
  readonly counts: SharedCounts | undefined;
  /** The PostgreSQL database of `store`, for what else is kept there. */
  readonly server: Postgres | undefined;
  /** Whether the database can be reached now. */
  isThere(): Promise<boolean>;
  /** @throws ApiError OUTPUT_EXISTS, OUTPUT_UNWRITABLE. */
  backup: Database['backup'];
  /** Jobs that run go on when it is opened again. */
  close(): Promise<void>;
}

/** @throws ApiError STORE_DAMAGED, STORE_TOO_NEW, STORE_FULL, STORE_UNAVAILABLE. */
export async function openStore({
  data,
  store,
  migrates,
  ...options
}: StoreOptions): Promise<Store> {
  const temporary = data === undefined ? await temporaryDataFolder() : undefined;
  const folder = data ?? temporary!.path;
  if (data !== undefined) await mkdir(data, { recursive: true });
  const isShared = data !== undefined;
  const database = await openDatabase(folder, isShared);
  const collections = openSqliteCollections(database, isShared);
  const postgres = store === undefined ? undefined : await openServer(store, migrates);
  const classifiers = createClassifiers(
    postgres?.classifiers ?? openSqliteClassifiers(database),
    options.metrics,
  );
  const jobs = await openJobs(database, folder, isShared);
  const feed = new JobFeed(jobs);
  const thumbnails = createThumbnails(!options.local);
  const { readImage: read, folders, maxFileBytes, indexBytes, ...running } = options;
  const indexes = new LiveIndexes(collections, { maxBytes: indexBytes });
  const reader = new ItemReader({ read, folders, maxFileBytes });
  const runner = new JobRunner({
    ...running,
    ...{ jobs, collections, feed, reader, isShared },
    makeThumbnail: thumbnails.make,
  });
  return {
    collections,
    indexes,
    classifiers,
    jobs: new JobQueue(jobs, collections, feed, reader, () => runner.wake()),
    runner,
    counts: postgres?.counts,
    server: postgres?.database,
    isThere: postgres?.isThere ?? (async () => true),
    backup: database.backup,
    close: async () => {
      await runner.stop();
      await thumbnails.close();
      await classifiers.close();
      await indexes.dispose();
      await collections.close();
      await database.close();
      await postgres?.database.close();
      await temporary?.close();
    },
  };
}

/** Loaded only where it is used: most commands start without. */
async function openServer(url: string, migrates: boolean | undefined) {
  const [{ openPostgres }, { isReachable }, { openPostgresClassifiers }, { sharedCounts }] =
    await Promise.all([
      import('../postgres/postgres.ts'),
      import('../postgres/is-reachable.ts'),
      import('../classifiers/postgres/postgres-classifiers.ts'),
      import('../access/postgres/shared-counts.ts'),
    ]);
  const database = await openPostgres(url, migrates === undefined ? {} : { migrates });
  return {
    database,
    classifiers: openPostgresClassifiers(database),
    counts: sharedCounts(database),
    isThere: isReachable(database),
  };
}
