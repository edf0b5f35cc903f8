import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { ModelRegistry } from '../models/registry.ts';
import { WAIT } from '../testing/held-tower.ts';
import type { Job } from './job.ts';
import { type Behaviour, type PictureHost, startPictureHost } from './testing/picture-host.ts';
import {
  createCollection,
  ended,
  nanoModels,
  OWNER,
  openWorkplace,
  removeFolder,
  submitUrls,
  temporaryFolder,
  type Workplace,
} from './testing/workplace.ts';

let models: ModelRegistry;
let host: PictureHost;
let behave: Behaviour;
let folder: string;
let workplace: Workplace;

beforeAll(() => {
  models = nanoModels();
});

afterAll(() => models.close());

const open = () => openWorkplace({ folder, models, allowHosts: [host.host], fetchesPerHost: 2 });

beforeEach(async () => {
  behave = () => false;
  host = await startPictureHost((...request) => behave(...request));
  folder = await temporaryFolder();
  workplace = await open();
  await createCollection(workplace);
  workplace.runner.start();
});

afterEach(async () => {
  await workplace.close();
  await host.close();
  await removeFolder(folder);
});

const submit = (numbers: readonly number[]) =>
  submitUrls(
    workplace.queue,
    numbers.map((number) => host.url(number)),
  );

const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

/** A host that lets a few requests through, and holds the others until it is opened. */
function holdAfter(few: number): () => void {
  const gate = Promise.withResolvers<void>();
  let requests = 0;
  behave = async () => {
    requests += 1;
    if (requests > few) await gate.promise;
    return false;
  };
  return gate.resolve;
}

const waitUntil = (job: Job, isSo: (now: Job) => boolean) =>
  vi.waitFor(async () => {
    const now = await workplace.queue.get(OWNER, job.id);
    if (!isSo(now)) throw new Error(JSON.stringify(now));
    return now;
  }, WAIT);

test('a job that is submitted is there for another process, with all of its items', async () => {
  await workplace.runner.stop();
  const job = await submit(upTo(3));
  expect(job).toMatchObject({ state: 'QUEUED', total: 3, done: 0 });
  await workplace.close();
  workplace = await open();
  expect(await workplace.queue.get(OWNER, job.id)).toEqual(job);
  workplace.runner.start();
  expect(await ended(workplace, job)).toMatchObject({ state: 'DONE', done: 3 });
});

test('a paused job rests, and goes on where it was when it is resumed', async () => {
  const openHost = holdAfter(4);
  const job = await submit(upTo(12));
  await waitUntil(job, ({ done }) => done === 4);
  await workplace.queue.pause(OWNER, job.id);
  openHost();
  const paused = await waitUntil(job, ({ state }) => state === 'PAUSED');
  expect(paused.done).toBeLessThan(12);
  const done = new Map(host.requests);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(host.requests).toEqual(done);
  await workplace.queue.resume(OWNER, job.id);
  expect(await ended(workplace, job)).toMatchObject({ state: 'DONE', total: 12, done: 12 });
  // Those that were in flight, two of them, are asked for again.
  expect([...host.requests.values()].filter((times) => times > 1).length).toBeLessThanOrEqual(2);
});

test('what is cancelled stays cancelled, keeps what it has done, and allows nothing else', async () => {
  const openHost = holdAfter(4);
  const job = await submit(upTo(12));
  await waitUntil(job, ({ done }) => done === 4);
  expect(await workplace.queue.cancel(OWNER, job.id)).toMatchObject({ state: 'CANCELLED' });
  openHost();
  const { items } = await workplace.collections.find(OWNER, 'photos');
  expect(items).toBe(4);
  const error = { code: 'JOB_STATE' };
  for (const change of ['pause', 'resume', 'cancel', 'retryFailed'] as const) {
    await expect(workplace.queue[change](OWNER, job.id)).rejects.toMatchObject(error);
  }
});

test('what failed is tried again, and nothing else', async () => {
  let isDown = true;
  behave = (number, _time, response) => {
    if (!isDown || number % 2 === 0) return false;
    response.writeHead(410).end();
    return true;
  };
  const job = await submit(upTo(4));
  expect(await ended(workplace, job)).toMatchObject({ state: 'DONE', done: 2, failed: 2 });
  isDown = false;
  const before = new Map(host.requests);
  await workplace.queue.retryFailed(OWNER, job.id);
  expect(await ended(workplace, job)).toMatchObject({
    state: 'DONE',
    total: 4,
    done: 4,
    failed: 0,
  });
  expect(host.requests.get(0)).toBe(before.get(0));
  expect(host.requests.get(1)).toBe(before.get(1)! + 1);
});

test('other owners know nothing of a job', async () => {
  const job = await submit([1]);
  const error = { code: 'UNKNOWN_JOB' };
  await expect(workplace.queue.get('someone else', job.id)).rejects.toMatchObject(error);
  await expect(workplace.queue.cancel('someone else', job.id)).rejects.toMatchObject(error);
  await expect(workplace.queue.watch('someone else', job.id).next()).rejects.toMatchObject(error);
  expect(await workplace.queue.list('someone else', { first: 10 })).toEqual([]);
  for (const id of ['', 'x', '-1', '999999999999999999999']) {
    await expect(workplace.queue.get(OWNER, id)).rejects.toMatchObject(error);
  }
});

test('who watches sees the present state first, then changes by any process, and the end', async () => {
  const openHost = holdAfter(2);
  await workplace.runner.stop();
  const job = await submit(upTo(6));
  const states = workplace.queue.watch(OWNER, job.id);
  expect((await states.next()).value).toMatchObject({ state: 'QUEUED', done: 0 });
  const other = await open();
  other.runner.start();
  const seen: Job[] = [];
  for await (const state of states) {
    seen.push(state);
    if (state.done >= 2) openHost();
  }
  await other.close();
  expect(seen[0]).toMatchObject({ state: 'RUNNING' });
  expect(seen.at(-1)).toMatchObject({ state: 'DONE', done: 6, perSecond: undefined });
  const versions = seen.map(({ version }) => version);
  expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  const again: Job[] = [];
  for await (const state of workplace.queue.watch(OWNER, job.id)) again.push(state);
  expect(again).toEqual([seen.at(-1)]);
});

test('who leaves is let go at once, though the job does not change', async () => {
  await workplace.runner.stop();
  const job = await submit([1]);
  const states = workplace.queue.watch(OWNER, job.id);
  await states.next();
  const pending = states.next();
  await states.return!();
  expect(await pending).toEqual({ value: undefined, done: true });
});
