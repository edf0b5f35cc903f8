import { join } from 'node:path';
import { SHARED } from '../../access/owner.ts';
import type { Collection } from '../../collections/collection.ts';
import { meaningOf } from '../../errors/error-codes.ts';
import { describeError, type PublicError } from '../../errors/public-error.ts';
import { isOver, type Job, type NewJobItem } from '../../jobs/job.ts';
import { leaseSpace } from '../../jobs/lease-space.ts';
import { inBatches } from '../../jobs/list-items.ts';
import {
  allFailures,
  type EarlierFailure,
  earlierFailures,
  type FolderJob,
  folderJobs,
} from './collection-jobs.ts';
import { type ChangedFile, folderChanges } from './folder-changes.ts';
import { followJob } from './follow-job.ts';
import type { LocalStore } from './local-store.ts';

export interface UpdateOptions {
  /** Whether small pictures are kept. */
  readonly thumbnails: boolean;
  /** Whether images are tried that failed before and are as they were. */
  readonly retry: boolean;
  readonly quiet: boolean;
}

/** An image or a folder, and why it is not in the collection. */
export interface Unindexed {
  readonly path: string;
  readonly error: PublicError;
  /** Whether it failed in an earlier run, and was not tried again. */
  readonly isOld: boolean;
}

/** What has become of a folder. */
export interface FolderUpdate {
  /** Images that were embedded. */
  readonly indexed: number;
  /** Images that are no longer there. */
  readonly removed: number;
  readonly failures: readonly Unindexed[];
  /** As `ImageFolder` has it. */
  readonly passedOver: string;
  /** A job that was paused or cancelled, or failed as a whole; undefined where all was done. */
  readonly stopped: Job | undefined;
}

/**
 * Brings a collection up to date with a folder: what was left undone is done first, then what is new or
 * changed, and what is gone is removed. Where nothing has changed, no model is loaded.
 *
 * @param folder an absolute path.
 * @throws ApiError COLLECTION_MODEL_MISMATCH; what loading a model and the store throw.
 */
export async function updateFolder(
  store: LocalStore,
  collection: Collection,
  folder: string,
  options: UpdateOptions,
): Promise<FolderUpdate> {
  let indexed = 0;
  let stopped: FolderUpdate['stopped'];
  const failures: Unindexed[] = [];
  const run = async (job: FolderJob) => {
    const last = await runJob(store, collection, job, options);
    indexed += last.done - job.done;
    if (last.state !== 'DONE') stopped = last;
    return last;
  };
  for (const job of await folderJobs(store.jobs, collection)) {
    if (stopped === undefined && isLeft(job, folder)) await run(await resumed(store, job));
  }
  const { gone, changed, ...listed } = await folderChanges(
    store.collections,
    collection,
    folder,
    options.thumbnails,
  );
  for (const keys of inBatches(gone)) await store.collections.remove(collection, keys);
  const history = await folderJobs(store.jobs, collection);
  const earlier = options.retry ? NONE : await earlierFailures(store.jobs, history);
  const wanted: ChangedFile[] = [];
  for (const file of changed) {
    const failure = earlier.get(file.path);
    if (failure === undefined || !wouldFailAgain(file, failure)) wanted.push(file);
    else failures.push({ path: file.path, error: failure.error, isOld: true });
  }
  if (wanted.length > 0 && stopped === undefined) {
    const last = await run(await submitted(store, collection, folder, wanted, options));
    const failed = last.failed === 0 ? [] : await allFailures(store.jobs, last);
    failures.push(...failed.map(({ source, error }) => ({ path: source, error, isOld: false })));
  }
  for (const { folder: name, error } of listed.failures) {
    failures.push({ path: join(folder, name), error: describeError(error), isOld: false });
  }
  const { passedOver } = listed;
  return { indexed, removed: gone.length, failures, passedOver, stopped };
}

const NONE: ReadonlyMap<string, EarlierFailure> = new Map();

/** What failed as a whole is left as well: a model may have been missing. */
const isLeft = (job: FolderJob, folder: string): boolean =>
  job.work.folder === folder && (!isOver(job) || job.state === 'FAILED');

async function resumed({ jobs }: LocalStore, job: FolderJob): Promise<FolderJob> {
  if (job.state !== 'PAUSED' && job.state !== 'FAILED') return job;
  return (await jobs.resume(SHARED, job.id)) as FolderJob;
}

const wouldFailAgain = ({ changedAt }: ChangedFile, { error, at }: EarlierFailure): boolean =>
  !meaningOf(error).retryable && changedAt < at;

async function submitted(
  { jobs }: LocalStore,
  { name }: Collection,
  folder: string,
  files: readonly ChangedFile[],
  { thumbnails }: UpdateOptions,
): Promise<FolderJob> {
  const job = await jobs.submit({
    owner: SHARED,
    collection: name,
    work: { kind: 'INDEX', folder, thumbnails },
    items: itemsOf(files),
    local: true,
  });
  return job as FolderJob;
}

async function* itemsOf(files: readonly ChangedFile[]): AsyncGenerator<readonly NewJobItem[]> {
  const items = files.map(({ path }) => ({ key: path, source: path, metadata: undefined }));
  yield* inBatches(items);
}

/** @throws ApiError COLLECTION_MODEL_MISMATCH: a job would fail as a whole, and be left. */
async function runJob(
  store: LocalStore,
  { space }: Collection,
  job: FolderJob,
  { quiet }: UpdateOptions,
): Promise<Job> {
  const { release } = await leaseSpace(store.models, space);
  release();
  return followJob(store, job, quiet);
}
