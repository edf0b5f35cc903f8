import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkPlaces } from './copy-places.ts';

const DATABASE = 'postgres://clipql:secret@db.internal/clipql';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'clipql-places-'));
  await writeFile(join(root, 'clipql.db'), '');
  await symlink(root, join(root, 'link'));
});

afterAll(() => rm(root, { recursive: true }));

test.each([
  ['no place', () => ['', root]],
  ['a place without a name to copy to', () => [root, '']],
  ['spaces', () => [DATABASE, ' ']],
  ['a folder without collections', () => [join(root, 'nowhere'), root]],
  ['a folder, and the same in other words', () => [root, `${root}/./`]],
  ['a folder, and a link to it', () => [root, join(root, 'link')]],
  ['a database twice', () => [DATABASE, DATABASE]],
  ['a database in other words', () => [DATABASE, 'postgresql://clipql@DB.internal:5432/clipql']],
])('%s is refused', (_what, places) => {
  const [from, to] = places();
  const refused = expect.objectContaining({ code: 'BAD_OPTION' });
  expect(() => checkPlaces(from!, to!)).toThrow(refused);
});

test('a folder and a database, and two databases of a server, are two places', () => {
  checkPlaces(root, join(root, 'copy'));
  checkPlaces(root, DATABASE);
  checkPlaces(DATABASE, `${DATABASE}2`);
  checkPlaces(DATABASE, `${DATABASE}?options=-c%20search_path%3Dother`);
});
