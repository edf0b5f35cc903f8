import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ModelRegistry } from '../models/registry.ts';
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
let folder: string;
let workplace: Workplace;
const hosts: PictureHost[] = [];

beforeAll(() => {
  models = nanoModels();
});

afterAll(() => models.close());

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(async () => {
  await workplace.close();
  for (const host of hosts.splice(0)) await host.close();
  await removeFolder(folder);
});

/** Indexes so many pictures of each host. */
async function index(count: number, behaviours: readonly Behaviour[], fetchesPerHost = 4) {
  for (const behave of behaviours) hosts.push(await startPictureHost(behave));
  const allowHosts = hosts.map(({ host }) => host);
  workplace = await openWorkplace({ folder, models, allowHosts, fetchesPerHost });
  await createCollection(workplace);
  workplace.runner.start();
  const numbers = Array.from({ length: count }, (_, number) => number);
  const urls = hosts.flatMap((host) => numbers.map((number) => host.url(number)));
  const job = await submitUrls(workplace.queue, urls);
  return ended(workplace, job);
}

test('a host gets four requests at a time, and one that is silent keeps nobody from the others', async () => {
  const finished: number[] = [];
  const others = Promise.withResolvers<void>();
  const silent: Behaviour = async () => {
    await others.promise;
    return false;
  };
  const quick: Behaviour = (number) => {
    finished.push(number);
    if (finished.length === 40) others.resolve();
    return false;
  };
  expect(await index(40, [silent, quick])).toMatchObject({ state: 'DONE', done: 80 });
  expect(hosts.map(({ most }) => most)).toEqual([4, expect.toSatisfy((most) => most <= 4)]);
});

test('a host that asks for patience is left alone as long as it says', async () => {
  let pausedUntil = 0;
  const early: number[] = [];
  const behave: Behaviour = (number, time, response) => {
    if (Date.now() < pausedUntil) early.push(number);
    if (number !== 5 || time > 1) return false;
    pausedUntil = Date.now() + 990;
    response.writeHead(429, { 'retry-after': '1' }).end();
    return true;
  };
  // One at a time, so that none is under way when the host says so.
  expect(await index(12, [behave], 1)).toMatchObject({ state: 'DONE', done: 12 });
  expect(early).toEqual([]);
  expect(hosts[0]!.requests.get(5)).toBe(2);
});

test('what may pass is asked for five times; what is final, once', async () => {
  const job = await index(2, [
    (number, _time, response) => {
      response.writeHead(number === 0 ? 500 : 404).end();
      return true;
    },
  ]);
  expect(job).toMatchObject({ state: 'DONE', failed: 2 });
  expect([...hosts[0]!.requests]).toEqual([
    [0, 5],
    [1, 1],
  ]);
});

test('a host that puts many off, one after another, is not given up for that', async () => {
  const job = await index(60, [
    (_number, time, response) => {
      if (time > 2) return false;
      response.writeHead(503, { 'retry-after': '0' }).end();
      return true;
    },
  ]);
  expect(job).toMatchObject({ state: 'DONE', done: 60, failed: 0 });
});

test('a host that asks for hours is given up, and its images fail with what it said', async () => {
  const job = await index(30, [
    (_number, _time, response) => {
      response.writeHead(503, { 'retry-after': '86400' }).end();
      return true;
    },
  ]);
  expect(job).toMatchObject({ state: 'DONE', done: 0, failed: 30 });
  expect(hosts[0]!.requests.size).toBeLessThanOrEqual(8);
  const { failures } = await workplace.queue.failures(OWNER, job.id, { first: 1 });
  expect(failures).toMatchObject([{ error: { code: 'IMAGE_FETCH_FAILED', retryable: true } }]);
});
