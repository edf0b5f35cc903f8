import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ModelRegistry } from '../models/registry.ts';
import { LITE } from '../testing/models.ts';
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
  models = nanoModels({}, [LITE]);
});

afterAll(() => models.close());

beforeEach(async () => {
  behave = () => false;
  host = await startPictureHost((...request) => behave(...request));
  folder = await temporaryFolder();
  workplace = await openWorkplace({ folder, models, allowHosts: [host.host] });
  await createCollection(workplace);
  workplace.runner.start();
  await index([0, 1, 2, 3]);
});

afterEach(async () => {
  await workplace.close();
  await host.close();
  await removeFolder(folder);
});

async function index(numbers: readonly number[]): Promise<void> {
  const urls = numbers.map((number) => host.url(number));
  const job = await submitUrls(workplace.queue, urls);
  expect(await ended(workplace, job)).toMatchObject({ failed: 0 });
}

const reembed = () =>
  workplace.queue.submit({
    owner: OWNER,
    collection: 'photos',
    work: { kind: 'REEMBED', model: 'lite' },
  });

const found = () => workplace.collections.find(OWNER, 'photos');

test('a collection moves to another model once all items have its vectors, those too that came meanwhile', async () => {
  const gate = Promise.withResolvers<void>();
  behave = async (number) => {
    if (number === 3) await gate.promise;
    return false;
  };
  const job = await reembed();
  for await (const { done } of workplace.queue.watch(OWNER, job.id)) if (done === 3) break;
  const before = await found();
  expect(before).toMatchObject({ space: { model: 'nano' }, reembedding: { done: 3 } });
  await submitUrls(workplace.queue, [host.url(4)]);
  for (; (await found()).items < 5; ) await new Promise((resolve) => setTimeout(resolve, 10));
  gate.resolve();
  expect(await ended(workplace, job)).toMatchObject({ state: 'DONE', total: 5, done: 5 });
  const after = await found();
  expect(after).toMatchObject({ space: { model: 'lite' }, items: 5, reembedding: undefined });
  const [item] = await workplace.collections.items(after, [host.url(4)]);
  const [vector] = await workplace.collections.vectors(after, [item!.row]);
  expect(vector).toHaveLength(after.space.dimensions);
  expect(after.space.dimensions).not.toBe(before.space.dimensions);
});

test('the old vectors answer until what failed is retried', async () => {
  behave = (number, _time, response) => {
    if (number !== 2) return false;
    response.writeHead(404).end();
    return true;
  };
  const job = await reembed();
  const error = { code: 'REEMBEDDING_INCOMPLETE' };
  expect(await ended(workplace, job)).toMatchObject({ state: 'FAILED', done: 3, failed: 1, error });
  expect(await found()).toMatchObject({ space: { model: 'nano' } });
  behave = () => false;
  await workplace.queue.retryFailed(OWNER, job.id);
  expect(await ended(workplace, job)).toMatchObject({ state: 'DONE', done: 4, failed: 0 });
  expect(await found()).toMatchObject({ space: { model: 'lite' } });
});

test('a cancelled move leaves the collection as it was', async () => {
  const gate = Promise.withResolvers<void>();
  behave = async () => {
    await gate.promise;
    return false;
  };
  const job = await reembed();
  for await (const { total } of workplace.queue.watch(OWNER, job.id)) if (total === 4) break;
  await workplace.queue.cancel(OWNER, job.id);
  gate.resolve();
  expect(await found()).toMatchObject({ space: { model: 'nano' }, reembedding: undefined });
});
