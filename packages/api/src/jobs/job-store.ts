import type { Owner } from '../access/owner.ts';
import type { Collection } from '../collections/collection.ts';
import type { NewItem } from '../collections/item.ts';
import type { PublicError } from '../errors/public-error.ts';
import type { FailurePage, Job, JobState, NewJob, NewJobItem } from './job.ts';

/** An item that waits for its turn. */
export interface JobItem extends NewJobItem {
  /** In the order in which items came. */
  readonly seq: number;
  /** How often a process died while it worked on this item, among others. */
  readonly deaths: number;
}

/** A vector of the space that a collection moves to. */
export interface NextVector {
  readonly row: number;
  readonly embedding: Float32Array;
}

export interface WrittenItem {
  readonly seq: number;
  readonly item: NewItem;
  /** Whether its bytes are those of the time before, so that only what is known of it changes. */
  readonly isUnchanged: boolean;
}

/** What became of items. */
export interface JobBatch {
  /** Work on these begins: if the process dies before they are recorded, they count a death. */
  readonly begun: readonly number[];
  /** Given back as they were. */
  readonly released: readonly number[];
  readonly written: readonly WrittenItem[];
  readonly reembedded: readonly { readonly seq: number; readonly vector: NextVector }[];
  readonly unchanged: readonly number[];
  readonly failed: readonly { readonly seq: number; readonly error: PublicError }[];
  /** Items a second, of late. */
  readonly perSecond: number;
}

/** Who runs a job. */
export interface JobClaim {
  release(): Promise<void>;
}

/** Hears of jobs that change. */
export interface JobNotices {
  /** Whether it hears at present: what changes meanwhile is told. */
  readonly isLive: boolean;
  /** @param onNotice told the id of a job that has changed; undefined where any may have. */
  listen(onNotice: (id: string | undefined) => void): void;
}

/**
 * Where jobs are kept. Each method is one transaction and durable when it resolves.
 *
 * @throws ApiError STORE_FULL, STORE_DAMAGED and STORE_UNAVAILABLE from all of them.
 */
export interface JobStore {
  /**
   * @param items in batches, or undefined where the job lists them itself. If reading them fails, there
   *   is no job.
   */
  add(job: NewJob, items: AsyncIterable<readonly NewJobItem[]> | undefined): Promise<Job>;
  get(id: string): Promise<Job | undefined>;
  /** The newest first. */
  list(
    owner: Owner,
    query: { readonly first: number; readonly before?: string },
  ): Promise<readonly Job[]>;
  /** Those of the jobs that have another version by now. @param known versions by id. */
  changed(known: ReadonlyMap<string, number>): Promise<readonly Job[]>;
  /** Tells of changes that any process makes; undefined for a store that has to be asked. */
  readonly notices?: JobNotices | undefined;
  /** Jobs that wait or ran when their process died, the oldest first. */
  runnable(local: boolean): Promise<readonly Job[]>;
  /** Excludes all other processes, until it is released or this process dies. @returns undefined where another has it. */
  claim(id: string): Promise<JobClaim | undefined>;
  /**
   * Changes the state.
   *
   * @param from states in which this is possible.
   * @returns undefined where it is in none of these.
   */
  setState(
    id: string,
    from: readonly JobState[],
    to: JobState,
    error?: PublicError,
  ): Promise<Job | undefined>;

  /** Adds what a job lists itself. Known keys are replaced. */
  addItems(id: string, items: readonly NewJobItem[]): Promise<void>;
  /** All items are listed: `total` is known. */
  setListed(id: string): Promise<Job>;
  /** For jobs that count without items. */
  setCounts(id: string, counts: Pick<Job, 'done' | 'total' | 'perSecond'>): Promise<void>;
  /**
   * Items that wait: those that were there when a process died so often that they are suspects, the least
   * often first, or the others by `seq`.
   */
  waiting(
    id: string,
    query: {
      readonly after: number;
      /** The last `seq` that counts. */
      readonly until: number;
      readonly first: number;
      readonly suspects: boolean;
    },
  ): Promise<readonly JobItem[]>;
  /** Writes to the collection and the job's items at once. @throws what collections throw. */
  record(id: string, collection: Collection, batch: JobBatch): Promise<void>;
  failures(
    id: string,
    query: { readonly first: number; readonly after?: string },
  ): Promise<FailurePage>;
  /** Failed items wait again, and so does the job. */
  retryFailed(id: string): Promise<Job>;
}

/** From so many deaths on an item runs alone, after all the others. */
export const SUSPECT_DEATHS = 2;
/**
 * With so many deaths an item is given up. A process may also be killed by somebody while an innocent
 * item runs alone: so that one is not enough.
 */
export const MOST_DEATHS = 4;
