import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Job } from '../job.ts';
import type { Store } from '../open-store.ts';
import { isMissing, type PictureHost } from './picture-host.ts';
import {
  createCollection,
  ended,
  exported,
  nanoModels,
  OWNER,
  openWorkplace,
  removeFolder,
  submitUrls,
  temporaryFolder,
} from './workplace.ts';

const SCRIPT = fileURLToPath(new URL('./worker-process.ts', import.meta.url));

/** Worker processes, all of which end with the test. */
export class WorkerProcesses {
  readonly #host: string;
  readonly #running = new Set<ChildProcess>();
  /** Codes of what they could do nothing about, as they told of it. */
  readonly failures: unknown[] = [];

  constructor({ host }: PictureHost) {
    this.#host = host;
  }

  /** @param deadly the number of the picture that kills it. */
  start(url: string, ...deadly: string[]): ChildProcess {
    const args = ['--conditions=clipql-source', SCRIPT, url, this.#host, ...deadly];
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', (code) => this.failures.push(code));
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
  first = 0,
): Promise<Job> => submitUrls(jobs, numbered(count, first).map(host.url));

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

/** The numbers of so many pictures. */
export const numbered = (count: number, first = 0): readonly number[] =>
  Array.from({ length: count }, (_, i) => first + i);

/** Waits for the end of a job: each picture counts once, and those failed that the host does not have. */
export async function expectCounted(
  { jobs }: Pick<Store, 'jobs'>,
  { id }: Pick<Job, 'id'>,
  host: PictureHost,
  numbers: readonly number[],
): Promise<void> {
  for await (const _ of jobs.watch(OWNER, id));
  const missing = numbers.filter(isMissing).map(host.url);
  const { failures } = await jobs.failures(OWNER, id, { first: numbers.length });
  expect(failures.map(({ key }) => key).sort()).toEqual([...missing].sort());
  const codes = new Set(failures.map(({ error }) => error.code));
  expect([...codes]).toEqual(missing.length > 0 ? ['IMAGE_FETCH_FAILED'] : []);
  expect(await jobs.get(OWNER, id)).toMatchObject({
    ...{ state: 'DONE', total: numbers.length, unchanged: 0 },
    ...{ done: numbers.length - missing.length, failed: missing.length },
  });
}

/** The same of a job of the first pictures, and what it made is what it makes where nothing happens. */
export async function expectNothingLost(
  store: Store,
  job: Job,
  host: PictureHost,
  expected: readonly object[],
): Promise<void> {
  await expectCounted(store, job, host, numbered(job.total!));
  expect(await exported(store)).toEqual(expected);
}

/** Waits until a job has got on by at least so many items, at a moment that nobody chooses. */
export async function getsOn({ jobs }: Store, { id }: Job, items: number): Promise<void> {
  const { done: before } = await jobs.get(OWNER, id);
  for await (const { done } of jobs.watch(OWNER, id)) if (done >= before + items) break;
  await new Promise((resolve) => setTimeout(resolve, 200 * Math.random()));
}
