import type { Owner } from '../access/owner.ts';
import type { Filter } from '../collections/filter.ts';
import type { Metadata } from '../collections/item.ts';
import type { PublicError } from '../errors/public-error.ts';

export type JobState = 'QUEUED' | 'RUNNING' | 'PAUSED' | 'DONE' | 'FAILED' | 'CANCELLED';

/** An image to index. */
export interface NewJobItem {
  /** Unique in the collection; of equal ones in a job the last counts. */
  readonly key: string;
  /** A URL, or a path: absolute, or from the job's folder on. */
  readonly source: string;
  /** Undefined leaves an item's metadata as it is. */
  readonly metadata: Metadata | undefined;
}

/** Adds images, or brings those of the same keys up to date. */
export interface IndexWork {
  readonly kind: 'INDEX';
  /** Where paths begin. Without items, its images are listed when the job begins. */
  readonly folder: string | undefined;
  /** Whether small pictures are made as well. */
  readonly thumbnails: boolean;
}

/** Moves a collection to another model. Until all items have new vectors, the old ones answer. */
export interface ReembedWork {
  readonly kind: 'REEMBED';
  /** A served model's name. */
  readonly model: string;
}

/** Removes the items that pass a filter. */
export interface DeleteWork {
  readonly kind: 'DELETE';
  readonly where: Filter;
  /** Counts them as `total`, and removes none. */
  readonly dryRun: boolean;
}

export type JobWork = IndexWork | ReembedWork | DeleteWork;

export interface NewJob {
  readonly owner: Owner;
  /** Its name. */
  readonly collection: string;
  /** Another collection of the same name is not meant. */
  readonly collectionId: number;
  readonly work: JobWork;
  /** Whether it is the command line's own: servers, which may not read any folder, leave it alone. */
  readonly local: boolean;
}

/** Work that is on the disk: it goes on after any kill. */
export interface Job extends NewJob {
  readonly id: string;
  readonly state: JobState;
  /** Undefined until all of its items are listed. */
  readonly total: number | undefined;
  /** Items that were written or removed. */
  readonly done: number;
  /** Items that were given up. */
  readonly failed: number;
  /** Items whose bytes are those of the time before: they are not embedded again. */
  readonly unchanged: number;
  /** Of late; undefined while it does not run. */
  readonly perSecond: number | undefined;
  readonly secondsLeft: number | undefined;
  readonly createdAt: Date;
  /** Why it is FAILED. */
  readonly error: PublicError | undefined;
  /** Grows with each of its changes. */
  readonly version: number;
}

/** An item that was given up, until it is tried again. */
export interface JobFailure {
  readonly key: string;
  readonly source: string;
  readonly error: PublicError;
}

export interface FailurePage {
  readonly failures: readonly JobFailure[];
  /** What the next page comes after; undefined where this is the last. */
  readonly next: string | undefined;
}

/** States in which nothing more happens by itself. */
export const isOver = ({ state }: Pick<Job, 'state'>): boolean =>
  state === 'DONE' || state === 'FAILED' || state === 'CANCELLED';
