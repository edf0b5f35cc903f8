import { SHARED } from '../../access/owner.ts';
import type { Collection } from '../../collections/collection.ts';
import type { PublicError } from '../../errors/public-error.ts';
import type { IndexWork, Job, JobFailure } from '../../jobs/job.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';

const PAGE = 1_000;

/** A job of the command line that reads a folder of this machine. */
export interface FolderJob extends Job {
  readonly work: IndexWork & { readonly folder: string };
}

/** All jobs of the data folder, the newest first. */
export async function allJobs(jobs: JobQueue): Promise<readonly Job[]> {
  const all: Job[] = [];
  for (let before: string | undefined; ; before = all.at(-1)?.id) {
    const page = await jobs.list(SHARED, { first: PAGE, ...(before !== undefined && { before }) });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

/** The jobs by which folders came into a collection, the oldest first. */
export async function folderJobs(
  jobs: JobQueue,
  { id }: Collection,
): Promise<readonly FolderJob[]> {
  const all = await allJobs(jobs);
  return all
    .filter(isOfFolder)
    .filter(({ collectionId }) => collectionId === id)
    .reverse();
}

const isOfFolder = (job: Job): job is FolderJob =>
  job.local && job.work.kind === 'INDEX' && job.work.folder !== undefined;

/** The folders that a collection has its images from. */
export const foldersOf = (jobs: readonly FolderJob[]): readonly string[] => [
  ...new Set(jobs.map(({ work }) => work.folder)),
];

/** All items that a job gave up. */
export async function allFailures(jobs: JobQueue, { id }: Job): Promise<readonly JobFailure[]> {
  const failures: JobFailure[] = [];
  let after: string | undefined;
  do {
    const query = { first: PAGE, ...(after !== undefined && { after }) };
    const page = await jobs.failures(SHARED, id, query);
    failures.push(...page.failures);
    after = page.next;
  } while (after !== undefined);
  return failures;
}

/** What an image failed with. */
export interface EarlierFailure {
  readonly error: PublicError;
  /** Before the image was read, in milliseconds since 1970. */
  readonly at: number;
}

/** What images failed with the last time, by key. */
export async function earlierFailures(
  jobs: JobQueue,
  history: readonly FolderJob[],
): Promise<ReadonlyMap<string, EarlierFailure>> {
  const failures = new Map<string, EarlierFailure>();
  for (const job of history.filter(({ failed }) => failed > 0)) {
    const at = job.createdAt.getTime();
    for (const { key, error } of await allFailures(jobs, job)) failures.set(key, { error, at });
  }
  return failures;
}
