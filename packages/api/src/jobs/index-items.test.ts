import { mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeImage } from '@clipql/core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { FIRST_EXAMPLE } from '../images/examples.ts';
import type { ModelRegistry } from '../models/registry.ts';
import { exampleBytes } from '../testing/api.ts';
import { picture } from '../testing/pictures.ts';
import { type PictureHost, startPictureHost } from './testing/picture-host.ts';
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
  type Workplace,
} from './testing/workplace.ts';

let models: ModelRegistry;
let host: PictureHost;
let folder: string;
let workplace: Workplace;

beforeAll(async () => {
  models = nanoModels();
  folder = await temporaryFolder();
  host = await startPictureHost((number, _time, response) => {
    if (number !== 404) return false;
    response.writeHead(404).end();
    return true;
  });
  workplace = await openWorkplace({ folder, models, allowHosts: [host.host], folders: [folder] });
  workplace.runner.start();
});

afterAll(async () => {
  await workplace.close();
  await host.close();
  models.close();
  await removeFolder(folder);
});

beforeEach(async () => {
  await createCollection(workplace);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await workplace.collections.drop(OWNER, 'photos');
});

const submit = (items: Parameters<typeof batchOf>[0], work: object = {}) =>
  workplace.queue.submit({
    owner: OWNER,
    collection: 'photos',
    work: { ...INDEX, ...work },
    items: batchOf(items),
  });

const indexFolder = (path: string) =>
  workplace.queue.submit({
    owner: OWNER,
    collection: 'photos',
    work: { ...INDEX, folder: path },
  });

const passes = async () => {
  const { model, release } = await models.lease();
  release();
  return vi.spyOn(model.clip, 'encodeImages');
};

const itemOf = async (key: string) => {
  const collection = await workplace.collections.find(OWNER, 'photos');
  return (await workplace.collections.items(collection, [key]))[0];
};

test('URLs become items with their metadata, and what fails is listed with its code', async () => {
  const items = [0, 404, 2].map((number) => ({
    key: `k${number}`,
    source: host.url(number),
    metadata: { year: 2000 + number },
  }));
  const job = await ended(workplace, await submit(items));
  expect(job).toMatchObject({ state: 'DONE', total: 3, done: 2, failed: 1, unchanged: 0 });
  const { failures, next } = await workplace.queue.failures(OWNER, job.id, { first: 10 });
  expect(next).toBeUndefined();
  const error = { code: 'IMAGE_FETCH_FAILED', retryable: false };
  expect(failures).toMatchObject([{ key: 'k404', source: host.url(404), error }]);
  expect(await itemOf('k2')).toMatchObject({
    source: host.url(2),
    metadata: { year: 2002 },
    facts: { format: 'png', width: 16, height: 16 },
  });
});

test('a data URL of any length becomes an item, and its source does not repeat it', async () => {
  const bytes = await exampleBytes('march-pastoral.jpg');
  const url = `data:image/jpeg;base64,${Buffer.from(bytes).toString('base64')}`;
  const items = [{ key: 'sheep', source: url, metadata: undefined }];
  const job = await ended(workplace, await submit(items));
  expect(job).toMatchObject({ state: 'DONE', done: 1, failed: 0 });
  expect(await itemOf('sheep')).toMatchObject({ source: 'upload', facts: { format: 'jpeg' } });
  const again = await ended(workplace, await submit(items));
  expect(again).toMatchObject({ state: 'DONE', done: 0, unchanged: 1 });
});

test('a key or metadata that cannot be kept fails its item before the image is fetched', async () => {
  const run = await passes();
  const job = await ended(
    workplace,
    await submit([
      { key: 'a\0', source: host.url(404), metadata: undefined },
      { key: 'x'.repeat(5_000), source: host.url(404), metadata: undefined },
      { key: 'k', source: host.url(404), metadata: { title: '\0' } },
    ]),
  );
  const { failures } = await workplace.queue.failures(OWNER, job.id, { first: 10 });
  expect(failures.map(({ error }) => error.code)).toEqual([
    'BAD_INPUT',
    'BAD_INPUT',
    'BAD_METADATA',
  ]);
  expect(run).not.toHaveBeenCalled();
});

test('bytes that are the same are not embedded again, and metadata is brought up to date', async () => {
  const items = urlItems([host.url(1), host.url(2)]);
  await ended(workplace, await submit(items));
  const before = await exported(workplace);
  const run = await passes();
  const again = await ended(workplace, await submit(items));
  expect(again).toMatchObject({ state: 'DONE', done: 0, unchanged: 2 });
  expect(await exported(workplace)).toEqual(before);
  const [first] = items;
  const named = await ended(workplace, await submit([{ ...first!, metadata: { place: 'Oslo' } }]));
  expect(named).toMatchObject({ done: 0, unchanged: 1 });
  expect(await itemOf(first!.key)).toMatchObject({ metadata: { place: 'Oslo' } });
  expect(run).not.toHaveBeenCalled();
});

test('a folder’s files are listed first; the second time only what has changed is read', async () => {
  const photos = join(folder, 'changing');
  await mkdir(photos);
  for (let i = 0; i < 4; i++) await writeFile(join(photos, `${i}.png`), picture(i));
  expect(await ended(workplace, await indexFolder(photos))).toMatchObject({ total: 4, done: 4 });
  const run = await passes();
  await utimes(join(photos, '1.png'), 1, 1);
  await writeFile(join(photos, '2.png'), picture(1_000));
  const second = await ended(workplace, await indexFolder(photos));
  expect(second).toMatchObject({ total: 4, done: 1, unchanged: 3 });
  expect(run.mock.calls.flatMap(([images]) => images)).toHaveLength(1);
  expect(await itemOf(join(photos, '1.png'))).toMatchObject({ modified: 1_000 });
});

test('thumbnails that are asked for later are made of unchanged files without a forward pass', async () => {
  const photos = join(folder, 'pictured');
  await mkdir(photos);
  for (let i = 0; i < 3; i++) await writeFile(join(photos, `${i}.png`), picture(10 + i));
  await ended(workplace, await indexFolder(photos));
  const before = await exported(workplace);
  const run = await passes();
  const job = {
    owner: OWNER,
    collection: 'photos',
    work: { ...INDEX, folder: photos, thumbnails: true },
  };
  const made = await ended(workplace, await workplace.queue.submit(job));
  expect(made).toMatchObject({ total: 3, done: 0, unchanged: 3, failed: 0 });
  expect(run).not.toHaveBeenCalled();
  const collection = await workplace.collections.find(OWNER, 'photos');
  const first = await workplace.collections.thumbnail(collection, join(photos, '0.png'));
  expect([...first!.subarray(0, 2)]).toEqual([0xff, 0xd8]);
  const without = (items: readonly object[]) => items.map((item) => ({ ...item, hasThumbnail: 0 }));
  expect(without(await exported(workplace))).toEqual(without(before));
});

test('a server reads below its folders alone, whatever a link leads to', async () => {
  const outside = await temporaryFolder();
  await writeFile(join(outside, 'secret.png'), picture(1));
  const photos = join(folder, 'linked');
  await mkdir(photos);
  await symlink(join(outside, 'secret.png'), join(photos, 'link.png'));
  const job = await ended(workplace, await indexFolder(photos));
  expect(job).toMatchObject({ state: 'DONE', done: 0, failed: 1 });
  const { failures } = await workplace.queue.failures(OWNER, job.id, { first: 10 });
  expect(failures).toMatchObject([{ error: { code: 'FOLDER_NOT_ALLOWED' } }]);
  const error = { code: 'FOLDER_NOT_ALLOWED' };
  for (const place of [outside, join(photos, '..', '..'), '/nowhere', 'photos']) {
    await expect(indexFolder(place), place).rejects.toMatchObject(error);
  }
  // A link may lead elsewhere by the time that the job runs.
  const { id: collectionId } = await workplace.collections.find(OWNER, 'photos');
  const work = { ...INDEX, folder: outside };
  const unchecked = { owner: OWNER, collection: 'photos', collectionId, work, local: false };
  const later = await ended(workplace, await workplace.jobs.add(unchecked, undefined));
  expect(later).toMatchObject({ state: 'FAILED', error });
  const direct = await ended(workplace, await submit(urlItems([join(outside, 'secret.png')])));
  expect(direct).toMatchObject({ state: 'DONE', failed: 1 });
  await rm(outside, { recursive: true });
  const example = await ended(workplace, await submit(urlItems(['/examples/nowhere.jpg'])));
  const missing = await workplace.queue.failures(OWNER, example.id, { first: 10 });
  expect(missing.failures).toMatchObject([
    { error: { code: 'IMAGE_FETCH_FAILED', message: expect.stringContaining(FIRST_EXAMPLE.file) } },
  ]);
});

test('metadata of a wrong type fails its item alone', async () => {
  const typed = (number: number, year: string | number) => ({
    key: `${number}`,
    source: host.url(number),
    metadata: { year },
  });
  await ended(workplace, await submit([typed(0, 2020)]));
  const job = await ended(
    workplace,
    await submit([typed(1, 2021), typed(2, 'last year'), typed(3, 2023)]),
  );
  expect(job).toMatchObject({ state: 'DONE', done: 2, failed: 1 });
  const { failures } = await workplace.queue.failures(OWNER, job.id, { first: 10 });
  expect(failures).toMatchObject([{ key: '2', error: { code: 'BAD_METADATA' } }]);
});

test('thumbnails are JPEGs of at most 256 pixels', async () => {
  const path = join(folder, 'march.jpg');
  await writeFile(path, await exampleBytes('march-pastoral.jpg'));
  await ended(workplace, await submit(urlItems([path]), { thumbnails: true }));
  const collection = await workplace.collections.find(OWNER, 'photos');
  const thumbnail = await workplace.collections.thumbnail(collection, path);
  expect(await decodeImage(thumbnail!)).toMatchObject({ width: 256, height: 125 });
});

test('a job is for one collection: another of the same name is not written to', async () => {
  const job = await submit(urlItems([host.url(1)]));
  await workplace.queue.pause(OWNER, job.id);
  await workplace.collections.drop(OWNER, 'photos');
  await createCollection(workplace);
  await workplace.queue.resume(OWNER, job.id);
  const error = { code: 'UNKNOWN_COLLECTION' };
  expect(await ended(workplace, job)).toMatchObject({ state: 'FAILED', error });
});
