// These run the built command line: `npm test` builds it first.
import { copyFile, cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clipql, expectFailure } from '../../testing/command-line.ts';
import { NANO } from '../../testing/models.ts';

const EXAMPLES = fileURLToPath(new URL('../../../examples/', import.meta.url));

let root: string;
const at = (...names: readonly string[]) => join(root, ...names);
const run = (...args: readonly string[]) => clipql(...args, '--data', at('data'));

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'clipql-own-model-'));
  await cp(NANO, at('models', 'mine'), { recursive: true });
  await mkdir(at('photos'));
  await copyFile(join(EXAMPLES, 'march-pastoral.jpg'), at('photos', 'sheep.jpg'));
});

afterAll(() => rm(root, { recursive: true }));

test('a search without --model takes the one that made the collection, at its precision', async () => {
  const own = ['--model', at('models', 'mine'), '--precision', 'int8'];
  expect((await run('index', at('photos'), ...own)).exitCode).toBe(0);
  await copyFile(join(EXAMPLES, 'nagasaki-boats.jpg'), at('photos', 'boats.jpg'));
  const found = await run('search', 'boats', '--in', 'photos', '--all', '--format', 'paths');
  expect(found.stderr).toMatch(
    /clipql: photos: 1 indexed now\nclipql: the nearest 2 of 2 images in photos\n$/,
  );
  expect(found.stdout.split('\n').toSorted()).toEqual([
    ...['', at('photos', 'boats.jpg'), at('photos', 'sheep.jpg')],
  ]);
});

test('another that is asked for is refused with both names, and one that is gone with its place', async () => {
  const search = (...args: readonly string[]) => run('search', 'boats', '--no-index', ...args);
  expectFailure(
    await search('--model', NANO),
    /COLLECTION_MODEL_MISMATCH: expected mine \([0-9a-f]{12}\), which made the vectors, got nano \([0-9a-f]{12}\)\n$/,
  );
  await rename(at('models', 'mine'), at('models', 'moved'));
  expectFailure(await search(), /MODEL_NOT_FOUND: expected a model folder .* got none at .*mine/);
  expect((await search('--model', at('models', 'moved'), '--precision', 'int8')).exitCode).toBe(0);
  expect((await search()).exitCode).toBe(0);
});

test('duplicates of a folder are looked for in all that it has by now', async () => {
  await mkdir(at('new'));
  await copyFile(join(EXAMPLES, 'black-canyon.jpg'), at('new', 'a.jpg'));
  const args = ['duplicates', '--level', 'same-bytes', '--format', 'paths', '--model', NANO];
  const none = await run(...args, '--in', at('new'));
  expect(none.stdout).toBe('');
  expect(none.stderr).toMatch(/^clipql: new: 1 indexed now\nclipql: 0 groups of 0 images in new/m);
  await copyFile(at('new', 'a.jpg'), at('new', 'b.jpg'));
  expect((await run(...args, '--in', 'new', '--no-index')).stdout).toBe('');
  const both = await run(...args, '--in', 'new', '--quiet');
  expect(both).toEqual({ stdout: `${at('new', 'b.jpg')}\n`, stderr: '', exitCode: 0 });
});

test('thumbnails that are asked for later are made of what is indexed already', async () => {
  const html = async () =>
    (await run('search', 'x', '--in', 'new', '--all', '--format', 'html')).stdout;
  const { stderr } = await run('index', at('new'), '--thumbnails', '--model', NANO);
  expect(stderr).toMatch(/new has 2 images: all up to date\n$/);
  // Of files that are gone, kept pictures alone can be shown.
  await rename(at('new'), at('elsewhere'));
  expect((await html()).match(/<img /g)).toHaveLength(2);
});
