import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ModelRegistry } from '../../models/registry.ts';
import { type TestPostgres, testPostgres } from '../../postgres/testing/test-postgres.ts';
import { LITE } from '../../testing/models.ts';
import type { Job, JobWork } from '../job.ts';
import type { Store } from '../open-store.ts';
import { type Behaviour, type PictureHost, startPictureHost } from '../testing/picture-host.ts';
import { openSharedStore } from '../testing/shared-store.ts';
import {
  batchOf,
  createCollection,
  ended,
  INDEX,
  nanoModels,
  OWNER,
  urlItems,
} from '../testing/workplace.ts';

let database: TestPostgres;
let models: ModelRegistry;
let host: PictureHost;
let behave: Behaviour;
let server: Store;
let workers: Store[];

beforeAll(async () => {
  models = nanoModels({}, [LITE]);
  host = await startPictureHost((...request) => behave(...request));
  database = await testPostgres();
  server = await openSharedStore({ url: database.url, models, hosts: [host.host] });
  // A server runs none.
  server.runner.start();
});

afterAll(async () => {
  await server.close();
  await database.close();
  await host.close();
  models.close();
});

beforeEach(async () => {
  behave = () => false;
  workers = [];
  await createCollection({ collections: server.collections, models });
});

afterEach(async () => {
  for (const worker of workers) await worker.close();
  await server.collections.drop(OWNER, 'photos');
});

async function startWorker(concurrency = 2): Promise<Store> {
  const options = { url: database.url, models, hosts: [host.host], concurrency };
  const worker = await openSharedStore(options);
  workers.push(worker);
  worker.runner.start();
  return worker;
}

const submit = (numbers: readonly number[]) =>
  server.jobs.submit({
    ...{ owner: OWNER, collection: 'photos', work: INDEX },
    items: batchOf(
      urlItems(numbers.map((number) => host.url(number))).map((item, place) => ({
        ...item,
        metadata: { place },
      })),
    ),
  });

const over = (job: Job) => ended({ queue: server.jobs }, job);
const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);
const found = () => server.collections.find(OWNER, 'photos');

/** A host that lets a few requests through, and holds the others until it is opened. */
function holdAfter(few: number): () => void {
  const gate = Promise.withResolvers<void>();
  let asked = 0;
  behave = async () => {
    asked += 1;
    if (asked > few) await gate.promise;
    return false;
  };
  return gate.resolve;
}

const reaches = async ({ id }: Job, done: number) => {
  for await (const state of server.jobs.watch(OWNER, id)) if (state.done >= done) return;
};

test('a paused job rests, and goes on where it was; what is cancelled keeps what it has done', async () => {
  await startWorker();
  const open = holdAfter(2);
  const job = await submit(upTo(6));
  await reaches(job, 2);
  await server.jobs.pause(OWNER, job.id);
  open();
  expect(await server.jobs.get(OWNER, job.id)).toMatchObject({ state: 'PAUSED', done: 2 });
  await server.jobs.resume(OWNER, job.id);
  expect(await over(job)).toMatchObject({ state: 'DONE', done: 6, failed: 0 });
  const openAgain = holdAfter(1);
  const another = await submit([10, 11, 12]);
  await reaches(another, 1);
  await server.jobs.cancel(OWNER, another.id);
  openAgain();
  expect(await over(another)).toMatchObject({ state: 'CANCELLED', done: 1 });
});

test('a worker that is told to end gives back what it has begun, without a death, and another does it', async () => {
  const leaving = await startWorker(1);
  const open = holdAfter(2);
  const job = await submit(upTo(8));
  await reaches(job, 2);
  await leaving.runner.stop(100);
  open();
  await startWorker(1);
  expect(await over(job)).toMatchObject({ state: 'DONE', done: 8, failed: 0 });
});

test('a small job is cut into slices, so that another worker has a part of it', async () => {
  const gate = Promise.withResolvers<void>();
  const asked = new Set<number>();
  behave = async (number) => {
    asked.add(number);
    await gate.promise;
    return false;
  };
  for (let i = 0; i < 2; i++) await startWorker(1);
  const job = await submit(upTo(70));
  // Each fetches four at a time, of slices of its own.
  await expect.poll(() => asked.size).toBe(8);
  const slices = new Set(Array.from(asked, (number) => Math.floor(number / 32)));
  expect(slices.size).toBe(2);
  gate.resolve();
  expect(await over(job)).toMatchObject({ state: 'DONE', done: 70, failed: 0 });
});

test('what failed is retried, a collection moves to another model, and items are deleted', async () => {
  await startWorker();
  behave = (number, _time, response) => {
    if (number !== 1) return false;
    response.writeHead(404).end();
    return true;
  };
  const job = await submit([0, 1, 2]);
  expect(await over(job)).toMatchObject({ done: 2, failed: 1 });
  behave = () => false;
  await server.jobs.retryFailed(OWNER, job.id);
  expect(await over(job)).toMatchObject({ state: 'DONE', done: 3, failed: 0 });
  const run = async (work: JobWork) =>
    over(await server.jobs.submit({ owner: OWNER, collection: 'photos', work }));
  const moved = await run({ kind: 'REEMBED', model: 'lite' });
  expect(moved).toMatchObject({ state: 'DONE', total: 3, done: 3 });
  expect(await found()).toMatchObject({ space: { model: 'lite' }, items: 3 });
  const where = { field: 'place', op: 'lt', value: 2 } as const;
  const deleted = await run({ kind: 'DELETE', where, dryRun: false });
  expect(deleted).toMatchObject({ state: 'DONE', done: 2 });
  expect((await found()).items).toBe(1);
});

test('a job that no worker can do fails, and says why', async () => {
  await startWorker();
  const work = { kind: 'REEMBED', model: 'another' } as const;
  const job = await server.jobs.submit({ owner: OWNER, collection: 'photos', work });
  expect(await over(job)).toMatchObject({ state: 'FAILED', error: { code: 'UNKNOWN_MODEL' } });
});
