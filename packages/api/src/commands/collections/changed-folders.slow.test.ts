// These run the built command line: `npm test` builds it first.
import { cp, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import { clipql, expectFailure } from '../../testing/command-line.ts';
import { LITE, NANO } from '../../testing/models.ts';
import { picture } from '../../testing/pictures.ts';
import { allJobs, folderJobs } from './collection-jobs.ts';
import { type LocalStore, withLocalStore } from './local-store.ts';

let root: string;
let data: string;
let photos: string;
let model: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'clipql-index-'));
});

afterAll(() => rm(root, { recursive: true }));

beforeEach(async ({ task }) => {
  const place = join(root, task.id);
  [data, photos, model] = [join(place, 'data'), join(place, 'photos'), join(place, 'nano')];
  await mkdir(join(photos, 'sub'), { recursive: true });
  await cp(NANO, model, { recursive: true });
  for (const [i, name] of ['a.png', 'b.png', 'sub/c.png'].entries()) {
    await writeFile(join(photos, name), picture(i + 1));
  }
});

const index = (...args: readonly string[]) =>
  clipql('index', '--data', data, '--model', model, ...args);

async function inStore<T>(look: (store: LocalStore) => Promise<T>): Promise<T> {
  let seen: T;
  await withLocalStore({ data, model: [NANO] }, async (store) => {
    seen = await look(store);
  });
  return seen!;
}

const keys = (name = 'photos') =>
  inStore(async ({ collections }) => {
    const collection = await collections.find(SHARED, name);
    const orderBy = { by: 'key', descending: false } as const;
    const { items } = await collections.page(collection, { orderBy, first: 100 });
    return items.map(({ item }) => item.key.slice(photos.length + 1));
  });

test('index takes what is new, changed or gone, and loads no model where nothing is', async () => {
  const first = await index(photos);
  expect(first.stderr).toMatch(/clipql: photos has 3 images: 3 indexed now\n$/);
  expect(first).toMatchObject({ stdout: '', exitCode: 0 });
  expect(await keys()).toEqual(['a.png', 'b.png', 'sub/c.png']);

  await rm(join(photos, 'a.png'));
  await writeFile(join(photos, 'b.png'), picture(20));
  await writeFile(join(photos, 'sub/d.png'), picture(4));
  await utimes(join(photos, 'sub/c.png'), 1, 1);
  const second = await index(photos);
  // c.png has another time and the same bytes.
  expect(second.stderr).toMatch(/clipql: photos has 3 images: 2 indexed now, 1 removed\n$/);
  expect(await keys()).toEqual(['b.png', 'sub/c.png', 'sub/d.png']);

  await rm(model, { recursive: true });
  expect(await index(photos)).toEqual({
    stdout: '',
    stderr: 'clipql: photos has 3 images: all up to date\n',
    exitCode: 0,
  });
});

test('a file that is no image is named and the exit code is 1, again without a model, until it changes', async () => {
  await writeFile(join(photos, 'bad.png'), 'this is no image');
  const first = await index(photos, '--quiet');
  expectFailure(first, /clipql: IMAGE_UNSUPPORTED: .*bad\.png: expected PNG/);
  expect(await keys()).toHaveLength(3);

  await rm(model, { recursive: true });
  expect(await index(photos, '--quiet')).toEqual(first);

  await cp(NANO, model, { recursive: true });
  await writeFile(join(photos, 'bad.png'), picture(9));
  const mended = await index(photos);
  expect(mended.stderr).toMatch(/clipql: photos has 4 images: 1 indexed now\n$/);
  expect(mended.exitCode).toBe(0);
});

test('what a run left undone is gone on with, and not begun twice', async () => {
  await index(photos);
  await writeFile(join(photos, 'late.png'), picture(5));
  await inStore(async ({ jobs }) => {
    const work = { kind: 'INDEX', folder: photos, thumbnails: false } as const;
    await jobs.submit({ owner: SHARED, collection: 'photos', work, local: true });
  });
  const { stderr, exitCode } = await index(photos);
  expect(stderr).toMatch(/clipql: photos has 4 images: 1 indexed now\n$/);
  expect(exitCode).toBe(0);
  const found = await inStore(({ jobs }) => allJobs(jobs));
  expect(found.map(({ state }) => state)).toEqual(['DONE', 'DONE']);
});

test('nothing is removed for a folder that is missing, and several folders make one collection', async () => {
  const other = join(root, 'elsewhere');
  await mkdir(other, { recursive: true });
  await writeFile(join(other, 'x.png'), picture(30));
  const { stderr } = await index(photos, other, '--in', 'all', '--thumbnails');
  expect(stderr).toMatch(/clipql: all has 4 images: 4 indexed now\n$/);

  await rm(other, { recursive: true });
  const again = await index(photos, other, '--in', 'all');
  expect(again.stderr).toBe(
    `clipql: NO_IMAGES: ${other}: expected a folder of images, got none of this name\nclipql: all has 4 images: 1 failed\n`,
  );
  expect(again.exitCode).toBe(1);
  await inStore(async ({ collections, jobs }) => {
    const collection = await collections.find(SHARED, 'all');
    expect((await folderJobs(jobs, collection)).map(({ work }) => work.folder)).toEqual([
      photos,
      other,
    ]);
    expect((await collections.thumbnail(collection, join(other, 'x.png')))?.[0]).toBe(0xff);
  });
});

test.each([
  ['Pictures', 'pictures'],
  ['Été 2024 (Île)', 'ete-2024-ile'],
  ['--in', 'in'],
])('the collection of a folder called %s is called %s', async (folder, name) => {
  const named = join(photos, folder);
  await mkdir(named);
  await writeFile(join(named, 'x.png'), picture(30));
  const { stderr } = await index(named);
  expect(stderr).toMatch(new RegExp(`clipql: ${name} has 1 image: 1 indexed now\n$`));
  const again = await clipql(
    'search',
    '--data',
    data,
    '--model',
    model,
    '--in',
    named,
    '--all',
    'x',
  );
  expect(again.stderr).toContain(`in ${name}\n`);
});

test('a folder of the same name, another model, no folder and no name are refused', async () => {
  await index(photos);
  const twin = join(root, 'twin', 'photos');
  await mkdir(twin, { recursive: true });
  await writeFile(join(twin, 'x.png'), picture(30));
  expectFailure(
    await index(twin),
    /BAD_OPTION: expected --in NAME, as the collection photos is of/,
  );
  expectFailure(await index(photos, twin), /BAD_OPTION: expected --in NAME, .* got 2 folders/);
  expectFailure(await index('/'), /BAD_OPTION: expected --in NAME, .* got \/$/m);
  expectFailure(await index(join(root, 'none')), /NO_IMAGES: .*none: expected a folder/);

  await writeFile(join(photos, 'new.png'), picture(7));
  const args = ['index', photos, '--data', data, '--model', LITE];
  expectFailure(await clipql(...args), /COLLECTION_MODEL_MISMATCH: expected nano .* got lite/);
  expect(await keys()).toHaveLength(3);
});
