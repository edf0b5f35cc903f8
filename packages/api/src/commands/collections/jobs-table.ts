import { grouped } from '../../errors/grouped.ts';
import { oneLine, shorten } from '../../errors/one-line.ts';
import type { Job } from '../../jobs/job.ts';
import { textTable } from '../text-table.ts';

const HEADINGS = ['id', 'state', 'kind', 'collection', 'done', 'failed', 'run by', 'submitted'];

/** A line a job. */
export const jobsTable = (jobs: readonly Job[]): string =>
  textTable([HEADINGS, ...jobs.map(cells)]);

/** A job as JSON has it. */
export function jobJson(job: Job): object {
  const { id, state, collection, work, total, done, unchanged, failed, local } = job;
  const { perSecond, secondsLeft, createdAt, error } = job;
  return {
    ...{ id, state, collection, work, total, done, unchanged, failed, perSecond, secondsLeft },
    ...{ runBy: runnerOf(local), submittedAt: createdAt, error },
  };
}

function cells({ id, state, work, collection, failed, local, createdAt, ...job }: Job): string[] {
  const finished = grouped(job.done + job.unchanged + failed);
  return [
    id,
    state,
    work.kind,
    oneLine(shorten(collection, 40)),
    job.total === undefined ? finished : `${finished} of ${grouped(job.total)}`,
    grouped(failed),
    runnerOf(local),
    createdAt.toISOString().slice(0, 16).replace('T', ' '),
  ];
}

const runnerOf = (local: boolean): string => (local ? 'command' : 'server');
