import type { SharedCounts } from '../access/rate-limits.ts';
import type { ClassifierStore } from '../classifiers/store.ts';
import type { CollectionStore } from '../collections/store.ts';
import type { Postgres } from '../postgres/connection.ts';
import type { WorkDependencies } from './item-work.ts';
import type { JobFeed } from './job-feed.ts';
import type { JobStore } from './job-store.ts';

/** What runs jobs. */
export interface RunsJobs {
  /** Until then it runs none. */
  start(): void;
  /** Lets go of the jobs. @param graceMs the time in which it may finish what it has begun; none unless given. */
  stop(graceMs?: number): Promise<void>;
}

export interface WorkerOptions extends Omit<WorkDependencies, 'turns'> {
  readonly feed: JobFeed;
  /** Slices of jobs at a time. */
  readonly concurrency: number;
  readonly onUnexpected: (error: unknown) => void;
}

/** Where all is kept: a data folder, or a PostgreSQL database. */
export interface Engine {
  readonly collections: CollectionStore;
  readonly classifiers: ClassifierStore;
  readonly jobs: JobStore;
  /** Where several servers count requests together. */
  readonly counts: SharedCounts | undefined;
  /** The PostgreSQL database, for what else is kept there. */
  readonly server: Postgres | undefined;
  /** What runs the jobs of all servers; undefined where each runs its own. */
  readonly createWorker: ((options: WorkerOptions) => RunsJobs) | undefined;
  /** Whether it can be reached now, and what is written to it is kept. */
  isThere(): Promise<boolean>;
  /** Copies all of it to a new file. @throws ApiError OUTPUT_EXISTS, OUTPUT_UNWRITABLE; BAD_OPTION where it is no file. */
  backup(file: string): Promise<void>;
  close(): Promise<void>;
}
