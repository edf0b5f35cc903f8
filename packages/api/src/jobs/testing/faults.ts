import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Job } from '../job.ts';
import type { Store } from '../open-store.ts';
import { isMissing, type PictureHost } from './picture-host.ts';
import {
  batchOf,
  createCollection,
  ended,
  exported,
  INDEX,
  nanoModels,
  OWNER,
  openWorkplace,
  removeFolder,
  temporaryFolder,
  urlItems,
} from './workplace.ts';

const SCRIPT = fileURLToPath(new URL('./worker-process.ts', import.meta.url));

/** Worker processes, all of which end with the test. */
export class WorkerProcesses {
  readonly #host: string;
  readonly #running = new Set<ChildProcess>();

  constructor({ host }: PictureHost) {
    this.#host = host;
  }

  /** @param deadly the number of the picture that kills it. */
  start(url: string, ...deadly: string[]): ChildProcess {
    const args = ['--conditions=clipql-source', SCRIPT, url, this.#host, ...deadly];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    return child;
  }

  async kill(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.#running.has(child)) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  async end(): Promise<void> {
    await Promise.all(Array.from(this.#running, (child) => this.kill(child)));
  }
}

export const submitPictures = (
  { jobs }: Pick<Store, 'jobs'>,
  host: PictureHost,
  count: number,
): Promise<Job> =>
  jobs.submit({
    ...{ owner: OWNER, collection: 'photos', work: INDEX },
    items: batchOf(urlItems(Array.from({ length: count }, (_, number) => host.url(number)))),
  });

/** What a job of so many pictures makes of a collection on one machine on which nothing happens. */
export async function undisturbed(host: PictureHost, count: number): Promise<readonly object[]> {
  const folder = await temporaryFolder();
  const models = nanoModels();
  const workplace = await openWorkplace({ folder, models, allowHosts: [host.host] });
  try {
    await createCollection(workplace);
    workplace.runner.start();
    const { queue } = workplace;
    await ended(workplace, await submitPictures({ jobs: queue }, host, count));
    return await exported(workplace);
  } finally {
    await workplace.close();
    models.close();
    await removeFolder(folder);
  }
}

/** Waits for the end, and compares with what happens where nothing does. */
export async function expectNothingLost(
  { jobs, collections }: Store,
  job: Job,
  count: number,
  expected: readonly object[],
): Promise<void> {
  const last = await ended({ queue: jobs }, job);
  const numbers = Array.from({ length: count }, (_, number) => number);
  const missing = numbers.filter(isMissing).length;
  const { failures } = await jobs.failures(OWNER, job.id, { first: count });
  const codes = new Set(failures.map(({ error }) => error.code));
  expect([failures.length, ...codes]).toEqual([missing, 'IMAGE_FETCH_FAILED']);
  const counts = { total: count, done: count - missing, failed: missing, unchanged: 0 };
  expect(last).toMatchObject({ state: 'DONE', ...counts });
  const rows = await exported({ collections });
  expect(rows).toHaveLength(count - missing);
  expect(rows).toEqual(expected);
}

/** Waits until a job has got on by at least so many items, at a moment that nobody chooses. */
export async function getsOn({ jobs }: Store, { id }: Job, items: number): Promise<void> {
  const { done: before } = await jobs.get(OWNER, id);
  for await (const { done } of jobs.watch(OWNER, id)) if (done >= before + items) break;
  await new Promise((resolve) => setTimeout(resolve, 200 * Math.random()));
}
