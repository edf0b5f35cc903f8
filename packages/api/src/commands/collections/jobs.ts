import type { Command } from 'commander';
import { SHARED } from '../../access/owner.ts';
import type { Job } from '../../jobs/job.ts';
import type { Flags } from '../../settings/settings.ts';
import { addList } from '../list-command.ts';
import { errorLine, failed } from '../report.ts';
import { allFailures, allJobs } from './collection-jobs.ts';
import { addDataFlag, addStoreFlags } from './flags.ts';
import { followJob } from './follow-job.ts';
import { jobJson, jobsTable } from './jobs-table.ts';
import { type LocalStore, withLocalStore } from './local-store.ts';

interface JobFlags extends Flags {
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  $ clipql jobs
  $ clipql jobs show 12
  $ clipql jobs retry 12

A job of \`clipql index\` is run by a command: resume and retry run it here. A server's job is run by a server
with this data folder.`;

/** `clipql jobs` */
export function addJobs(program: Command): void {
  const jobs = program
    .command('jobs')
    .description('List, show, pause, resume, cancel or retry what takes long.')
    .addHelpText('after', EXAMPLES);
  const list = addList(jobs, 'List jobs, newest first.');
  addDataFlag(list.option('--json', 'write an array of objects')).action(listJobs);
  const show = jobs.command('show').description('Show a job, and what failed.').argument('<id>');
  addDataFlag(show.option('--json', 'write an object, with its failures')).action(showJob);
  for (const [name, description] of Object.entries(CHANGES)) {
    const change = jobs.command(name).description(description).argument('<id>');
    const addFlags = name === 'resume' || name === 'retry' ? addStoreFlags : addDataFlag;
    addFlags(change).action((id: string, flags: JobFlags) => changeJob(name as Change, id, flags));
  }
}

const CHANGES = {
  pause: 'Stop a job; it can be resumed.',
  resume: 'Go on with a job that was paused or failed as a whole.',
  cancel: 'End a job; what it has done stays.',
  retry: 'Try again what failed.',
} as const;

type Change = keyof typeof CHANGES;

const listJobs = (flags: JobFlags): Promise<void> =>
  withLocalStore(flags, async ({ jobs }) => {
    const all = await allJobs(jobs);
    const text = flags.json ? `${JSON.stringify(all.map(jobJson), null, 2)}\n` : jobsTable(all);
    process.stdout.write(text);
  });

const showJob = (id: string, flags: JobFlags): Promise<void> =>
  withLocalStore(flags, async ({ jobs }) => {
    const job = await jobs.get(SHARED, id);
    const failures = await allFailures(jobs, job);
    if (flags.json) {
      process.stdout.write(`${JSON.stringify({ ...jobJson(job), failures }, null, 2)}\n`);
      return;
    }
    process.stdout.write(jobsTable([job]));
    if (job.error !== undefined) process.stdout.write(`${errorLine(job.error)}\n`);
    for (const { source, error } of failures) process.stdout.write(`${errorLine(error, source)}\n`);
  });

const changeJob = (change: Change, id: string, flags: JobFlags): Promise<void> =>
  withLocalStore(flags, async (store) => {
    const { jobs } = store;
    const changes = {
      pause: () => jobs.pause(SHARED, id),
      resume: () => jobs.resume(SHARED, id),
      cancel: () => jobs.cancel(SHARED, id),
      retry: () => jobs.retryFailed(SHARED, id),
    };
    const job = await changes[change]();
    const last = job.local && job.state === 'QUEUED' ? await runHere(store, job) : job;
    process.stderr.write(`clipql: job ${id} is ${last.state}\n`);
  });

async function runHere(store: LocalStore, job: Job): Promise<Job> {
  const last = await followJob(store, job, false);
  const failures = last.failed === 0 ? [] : await allFailures(store.jobs, last);
  for (const { source, error } of failures) process.stderr.write(`${errorLine(error, source)}\n`);
  if (last.error !== undefined) process.stderr.write(`${errorLine(last.error)}\n`);
  if (last.state === 'FAILED' || failures.length > 0) failed();
  return last;
}
