import type { Owner } from '../access/owner.ts';
import { badCursor } from '../collections/page-cursor.ts';
import type { CollectionStore } from '../collections/store.ts';
import { ApiError } from '../errors/api-error.ts';
import { quoted } from '../errors/one-line.ts';
import type { ItemReader } from './item-reader.ts';
import type { FailurePage, Job, JobState, JobWork, NewJobItem } from './job.ts';
import type { JobFeed } from './job-feed.ts';
import type { JobStore } from './job-store.ts';
import { untilLeft } from './latest-states.ts';

export interface SubmittedJob {
  readonly owner: Owner;
  /** A collection's name. */
  readonly collection: string;
  readonly work: JobWork;
  /** For INDEX: what to index, in batches; undefined for the images of its folder. */
  readonly items?: AsyncIterable<readonly NewJobItem[]>;
  /** Whether it is the command line's own; no unless given. */
  readonly local?: boolean;
}

/** What takes long, as its owners see it. Other owners' jobs are UNKNOWN_JOB. */
export class JobQueue {
  readonly #jobs: JobStore;
  readonly #collections: Pick<CollectionStore, 'find' | 'cancelReembedding'>;
  readonly #feed: JobFeed;
  readonly #reader: Pick<ItemReader, 'checkFolder'>;
  readonly #onAdded: () => void;

  /** @param onAdded told that there is something to run. */
  constructor(
    jobs: JobStore,
    collections: Pick<CollectionStore, 'find' | 'cancelReembedding'>,
    feed: JobFeed,
    reader: Pick<ItemReader, 'checkFolder'>,
    onAdded: () => void = () => {},
  ) {
    this.#jobs = jobs;
    this.#collections = collections;
    this.#feed = feed;
    this.#reader = reader;
    this.#onAdded = onAdded;
  }

  /**
   * The job is on the disk, with all of its items, when this resolves.
   *
   * @throws ApiError UNKNOWN_COLLECTION; BAD_INPUT for nothing to index; FOLDER_NOT_ALLOWED; what reading
   *   the items throws.
   */
  async submit({ items, local = false, ...job }: SubmittedJob): Promise<Job> {
    const { id } = await this.#collections.find(job.owner, job.collection);
    if (job.work.kind === 'INDEX' && items === undefined && job.work.folder === undefined) {
      throw new ApiError('BAD_INPUT', 'expected images or a folder to index, got neither');
    }
    // Again when it runs: a link may have been changed by then.
    if (job.work.kind === 'INDEX' && job.work.folder !== undefined) {
      await this.#reader.checkFolder(job.work.folder);
    }
    const added = await this.#jobs.add({ ...job, collectionId: id, local }, items);
    this.#onAdded();
    return added;
  }

  /** @throws ApiError UNKNOWN_JOB. */
  async get(owner: Owner, id: string): Promise<Job> {
    const job = await this.#jobs.get(id);
    if (job !== undefined && job.owner === owner) return job;
    const got = quoted(id, 100);
    throw new ApiError('UNKNOWN_JOB', `expected the id of a job, got ${got}`);
  }

  /** The newest first. @param query `before` is the id of the last one of the page before. */
  list(
    owner: Owner,
    query: { readonly first: number; readonly before?: string },
  ): Promise<readonly Job[]> {
    return this.#jobs.list(owner, query);
  }

  /** What is under way is finished or given back. @throws ApiError UNKNOWN_JOB, JOB_STATE. */
  pause(owner: Owner, id: string): Promise<Job> {
    return this.#setState(owner, id, ['QUEUED', 'RUNNING'], 'PAUSED');
  }

  /** Goes on, also after what FAILED as a whole. @throws ApiError UNKNOWN_JOB, JOB_STATE. */
  async resume(owner: Owner, id: string): Promise<Job> {
    const job = await this.#setState(owner, id, ['PAUSED', 'FAILED'], 'QUEUED');
    this.#onAdded();
    return job;
  }

  /** What it has done stays. @throws ApiError UNKNOWN_JOB, JOB_STATE. */
  async cancel(owner: Owner, id: string): Promise<Job> {
    const from: readonly JobState[] = ['QUEUED', 'RUNNING', 'PAUSED', 'FAILED'];
    const job = await this.#setState(owner, id, from, 'CANCELLED');
    if (job.work.kind === 'REEMBED') await this.#dropNextVectors(job);
    return job;
  }

  /** Tries again what failed. @throws ApiError UNKNOWN_JOB; JOB_STATE while it is under way. */
  async retryFailed(owner: Owner, id: string): Promise<Job> {
    const job = await this.get(owner, id);
    checkState(job, ['DONE', 'FAILED', 'PAUSED'], 'QUEUED');
    const queued = await this.#jobs.retryFailed(id);
    this.#onAdded();
    return queued;
  }

  /** Items that were given up, in the order in which they came. @throws ApiError UNKNOWN_JOB, BAD_CURSOR. */
  async failures(
    owner: Owner,
    id: string,
    query: { readonly first: number; readonly after?: string },
  ): Promise<FailurePage> {
    await this.get(owner, id);
    const { after } = query;
    if (after !== undefined && !/^\d{1,15}$/.test(after)) throw badCursor(after);
    return this.#jobs.failures(id, query);
  }

  /**
   * A job's states, the present one first, at most four a second and each the latest, whichever process
   * runs it. Ends with the last one. To resume is to watch again.
   *
   * @throws ApiError UNKNOWN_JOB with the first.
   */
  watch(owner: Owner, id: string): AsyncIterableIterator<Job> {
    return untilLeft((signal) => this.#watch(owner, id, signal));
  }

  async *#watch(owner: Owner, id: string, signal: AbortSignal): AsyncGenerator<Job, undefined> {
    yield* this.#feed.watch(await this.get(owner, id), signal);
  }

  async #dropNextVectors({ owner, collection: name, collectionId }: Job): Promise<void> {
    const collection = await this.#collections.find(owner, name).catch(() => undefined);
    if (collection?.id !== collectionId || collection.reembedding === undefined) return;
    await this.#collections.cancelReembedding(collection);
  }

  async #setState(owner: Owner, id: string, from: readonly JobState[], to: JobState): Promise<Job> {
    const job = await this.get(owner, id);
    const changed = await this.#jobs.setState(id, from, to);
    if (changed === undefined) throw wrongState(await this.get(owner, job.id), from, to);
    this.#feed.tell(changed);
    return changed;
  }
}

function checkState(job: Job, from: readonly JobState[], to: JobState): void {
  if (!from.includes(job.state)) throw wrongState(job, from, to);
}

const wrongState = ({ state }: Job, from: readonly JobState[], to: JobState): ApiError =>
  new ApiError(
    'JOB_STATE',
    `expected a job that is ${from.join(' or ')} to be ${to}, got ${state}`,
  );
