import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHARED } from '../../access/owner.ts';
import type { Collection } from '../../collections/collection.ts';
import { openSqliteCollections } from '../../collections/sqlite/sqlite-collections.ts';
import type { CollectionStore } from '../../collections/store.ts';
import { createImageFetcher } from '../../images/fetch-image.ts';
import { imagesOfCommandLine } from '../../images/read-image.ts';
import type { InferenceOptions } from '../../inference/inference.ts';
import { modelSources } from '../../models/model-sources.ts';
import { createModelRegistry, type ModelRegistry } from '../../models/registry.ts';
import { openDatabase } from '../../sqlite/database.ts';
import { NANO } from '../../testing/models.ts';
import { ItemReader, type ItemReaderOptions } from '../item-reader.ts';
import type { Job, NewJobItem } from '../job.ts';
import { JobFeed } from '../job-feed.ts';
import { JobQueue } from '../job-queue.ts';
import type { JobStore } from '../job-store.ts';
import { spaceOf } from '../lease-space.ts';
import { JobRunner, type JobRunnerOptions } from '../runner.ts';
import { openJobs } from '../sqlite/open-jobs.ts';
import { createThumbnails } from '../thumbnails/make-thumbnail.ts';

export const OWNER = SHARED;

/** All that jobs need, as one process has it. */
export interface Workplace {
  readonly folder: string;
  readonly collections: CollectionStore;
  readonly jobs: JobStore;
  readonly queue: JobQueue;
  readonly models: ModelRegistry;
  /** Does not run until it is started. */
  readonly runner: JobRunner;
  /** Ends the process's part; the folder stays. */
  close(): Promise<void>;
}

export interface WorkplaceOptions
  extends Partial<Omit<JobRunnerOptions, 'jobs' | 'collections' | 'models' | 'feed'>> {
  readonly folder: string;
  readonly models?: ModelRegistry;
  readonly allowHosts?: readonly string[];
  readonly folders?: ItemReaderOptions['folders'];
}

const PATIENT: InferenceOptions = { decodeThreads: 2, decodeTimeout: 100_000 };

/** @param others folders of models beside nano. */
export const nanoModels = (
  inference: InferenceOptions = {},
  others: readonly string[] = [],
): ModelRegistry =>
  createModelRegistry(
    // However busy the machine is, no picture takes too long.
    modelSources(
      [NANO, ...others],
      { threads: 1 },
      { inference: { ...PATIENT, decodeThreads: 1, ...inference } },
    ),
  );

export const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'clipql-jobs-'));

export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true });

export async function openWorkplace({
  folder,
  models = nanoModels(),
  allowHosts = [],
  folders,
  ...options
}: WorkplaceOptions): Promise<Workplace> {
  const database = await openDatabase(folder);
  const collections = openSqliteCollections(database);
  const jobs = await openJobs(database, folder);
  const feed = new JobFeed(jobs);
  const fetcher = createImageFetcher({ allowHosts, cacheBytes: 0 });
  const thumbnails = createThumbnails();
  const reader = new ItemReader({
    read: imagesOfCommandLine(fetcher),
    folders,
    maxFileBytes: 2 ** 28,
  });
  const runner = new JobRunner({
    local: false,
    reader,
    makeThumbnail: thumbnails.make,
    retryDelay: 1,
    pollMs: 50,
    ...options,
    ...{ jobs, collections, models, feed },
  });
  return {
    folder,
    collections,
    jobs,
    queue: new JobQueue(jobs, collections, feed, reader, () => runner.wake()),
    models,
    runner,
    close: async () => {
      await runner.stop();
      await thumbnails.close();
      await fetcher.close();
      await collections.close();
      await database.close();
    },
  };
}

/** A collection for nano's vectors. */
export async function createCollection(
  { collections, models }: Pick<Workplace, 'collections' | 'models'>,
  name = 'photos',
): Promise<Collection> {
  const { model, release } = await models.lease();
  release();
  return collections.create(OWNER, name, await spaceOf(model, models.list()[0]!.name));
}

export async function* batchOf(items: readonly NewJobItem[]) {
  yield items;
}

/** Items by their URLs. */
export const urlItems = (urls: readonly string[]): readonly NewJobItem[] =>
  urls.map((url) => ({ key: url, source: url, metadata: undefined }));

export const INDEX = { kind: 'INDEX', folder: undefined, thumbnails: false } as const;

/** A job that adds the images at these URLs to the collection of {@link createCollection}. */
export const submitUrls = (
  queue: Pick<JobQueue, 'submit'>,
  urls: readonly string[],
): Promise<Job> =>
  queue.submit({
    ...{ owner: OWNER, collection: 'photos', work: INDEX },
    items: batchOf(urlItems(urls)),
  });

/** Waits until a job is over. @returns its last state. */
export async function ended({ queue }: Pick<Workplace, 'queue'>, { id }: Job): Promise<Job> {
  let last: Job | undefined;
  for await (const job of queue.watch(OWNER, id)) last = job;
  return last!;
}

/** What is comparable of a collection: its items by key, with their vectors' bytes. */
export async function exported(
  { collections }: Pick<Workplace, 'collections'>,
  name = 'photos',
): Promise<readonly object[]> {
  const collection = await collections.find(OWNER, name);
  const rows: object[] = [];
  let after: string | undefined;
  for (;;) {
    const orderBy = { by: 'key', descending: false } as const;
    const page = await collections.page(collection, { orderBy, first: 500, after });
    const vectors = await collections.vectors(
      collection,
      page.items.map(({ item }) => item.row),
    );
    for (const [i, { item }] of page.items.entries()) {
      const { row: _row, indexedAt: _indexedAt, ...comparable } = item;
      rows.push({ ...comparable, vector: Buffer.from(vectors[i]!.buffer).toString('base64') });
    }
    if (!page.hasNext) return rows;
    after = page.items.at(-1)!.cursor;
  }
}
