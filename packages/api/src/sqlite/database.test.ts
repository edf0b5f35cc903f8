/** The file: opening, sharing, damage, a full disk, threads that die, backups. */
import { mkdir, open, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { RowValues } from '@clipql/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SHARED } from '../access/owner.ts';
import { openSqliteCollections } from '../collections/sqlite/sqlite-collections.ts';
import { SPACE, sample } from '../collections/testing/samples.ts';
import { openDataFolder } from '../jobs/sqlite/open-data-folder.ts';
import { moduleBeside } from '../threads/module-beside.ts';
import { temporaryDataFolder } from './data-folder.ts';
import { type Database, openDatabase } from './database.ts';
import type * as trouble from './testing/trouble-operations.ts';

let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
let database: Database;

beforeAll(async () => {
  folder = await temporaryDataFolder();
  database = await openDatabase(folder.path);
});

afterAll(async () => {
  await database.close();
  await folder.close();
});

const troubleOf = (one: Database) =>
  one.operations<typeof trouble>(moduleBeside(import.meta.url, 'testing/trouble-operations'));
const many = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) =>
    sample(`k${from + i}`, i, { n: i, text: 'x'.repeat(99) }),
  );

/** A folder with a copy of the database, as `change` leaves it. */
async function changed(name: string, change: (file: string) => Promise<void>): Promise<string> {
  const path = join(folder.path, name);
  await mkdir(path);
  await database.backup(join(path, 'clipql.db'));
  await change(join(path, 'clipql.db'));
  return path;
}

async function overwrite(file: string, offset: number, bytes: number): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(new Uint8Array(bytes).fill(0xa5), 0, bytes, offset);
  await handle.close();
}

describe('a file that cannot be used', () => {
  beforeAll(async () => {
    const store = openSqliteCollections(database);
    const photos = await store.create(SHARED, 'damaged', SPACE);
    await store.upsert(photos, many(500));
    await store.close();
  });

  test.each([
    ['of noise', (file) => writeFile(file, 'noise'.repeat(5_000)), 'STORE_DAMAGED', 'a sound'],
    ['damaged in the middle', (file) => overwrite(file, 5 * 8192, 30_000), 'STORE_DAMAGED', ''],
    ['cut short', (file) => truncate(file, 12 * 8192), 'STORE_DAMAGED', ''],
    [
      'of another program',
      async (file) => {
        await truncate(file, 0);
        const other = new DatabaseSync(file);
        other.exec('CREATE TABLE notes (text)');
        other.close();
      },
      'STORE_DAMAGED',
      'expected a database of ClipQL, got another',
    ],
    [
      'of a later version',
      async (file) => {
        const later = new DatabaseSync(file);
        later.exec('PRAGMA user_version = 1000');
        later.close();
      },
      'STORE_TOO_NEW',
      'or older, got 1000',
    ],
    [
      'that is a folder',
      async (file) => {
        await rm(file);
        await mkdir(file);
      },
      'STORE_UNAVAILABLE',
      'unable to open',
    ],
  ] as [string, (file: string) => Promise<void>, string, string][])(
    '%s is one clear error',
    async (name, change, code, message) => {
      const path = await changed(name.replaceAll(' ', '-'), change);
      await expect(openDatabase(path)).rejects.toMatchObject({
        code,
        message: expect.stringContaining(message),
      });
    },
  );

  test('a folder that is not there is another', async () => {
    await expect(openDatabase(join(folder.path, 'nowhere'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
  });
});

test('on a full disk a batch is refused as a whole, reads go on, and so do writes when there is room', async () => {
  const store = openSqliteCollections(database);
  const photos = await store.create(SHARED, 'full', SPACE);
  await store.upsert(photos, many(10));
  const { writes } = troubleOf(database);
  await writes.leavePages(3);
  await expect(store.upsert(photos, many(2_000, 10))).rejects.toMatchObject({ code: 'STORE_FULL' });
  expect((await store.find(SHARED, 'full')).items).toBe(10);
  expect(await store.items(photos, ['k10', 'k1999'])).toEqual([undefined, undefined]);
  await writes.leavePages(10_000);
  await store.upsert(photos, many(2_000, 10));
  expect((await store.find(SHARED, 'full')).items).toBe(2_010);
  await store.close();
});

test('where the data folder is deleted, writes are refused, and the engine is not there', async () => {
  const path = join(folder.path, 'deleted');
  const engine = await openDataFolder(path);
  await engine.collections.create(SHARED, 'kept', SPACE);
  expect(await engine.isThere()).toBe(true);
  await rm(path, { recursive: true });
  expect(await engine.isThere()).toBe(false);
  await expect(engine.collections.create(SHARED, 'lost', SPACE)).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining('expected the database file that was opened'),
  });
  await engine.close();
});

test('a thread that dies takes its transaction along, and another goes on', async () => {
  const { writes } = troubleOf(database);
  const before = await writes.count(undefined);
  await expect(writes.die(undefined)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(await writes.count(undefined)).toEqual(before);
});

test('a write waits for another process that writes', async () => {
  const store = openSqliteCollections(database);
  const other = new DatabaseSync(join(folder.path, 'clipql.db'));
  other.exec('BEGIN IMMEDIATE');
  let isDone = false;
  const created = store.create(SHARED, 'waiting', SPACE).then(() => {
    isDone = true;
  });
  await store.list(SHARED);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(isDone).toBe(false);
  other.exec('COMMIT');
  other.close();
  await created;
  await store.close();
});

test('a backup is a database, made while others write, and overwrites nothing', async () => {
  const store = openSqliteCollections(database);
  const photos = await store.create(SHARED, 'copied', SPACE);
  await store.upsert(photos, many(100));
  const path = join(folder.path, 'backup');
  await mkdir(path);
  await Promise.all([
    database.backup(join(path, 'clipql.db')),
    store.upsert(photos, many(100, 100)),
  ]);
  const copy = await openDatabase(path);
  const copied = await openSqliteCollections(copy).find(SHARED, 'copied');
  expect(copied.items % 100).toBe(0);
  expect(copied.items).toBeGreaterThan(0);
  await copy.close();
  await expect(database.backup(join(path, 'clipql.db'))).rejects.toMatchObject({
    code: 'OUTPUT_EXISTS',
  });
  await expect(database.backup(join(path, 'no', 'clipql.db'))).rejects.toMatchObject({
    code: 'OUTPUT_UNWRITABLE',
  });
  expect((await readdir(path)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  await store.close();
});

test('what dropped collections and abandoned spaces leave is swept', async () => {
  const { writes } = troubleOf(database);
  const store = openSqliteCollections(database);
  await store.close();
  const before = await writes.count(undefined);
  const photos = await store.create(SHARED, 'swept', SPACE);
  const thumbnail = Uint8Array.of(1);
  await store.upsert(
    photos,
    many(5_000).map((item) => ({ ...item, thumbnail })),
  );
  await store.remove(photos, ['k1', 'k2']);
  await store.keepLevels(photos, 'words', new RowValues(Uint32Array.of(1), Float32Array.of(2)), {
    after: -1,
    replace: false,
  });
  const other = { ...SPACE, hash: 'c'.repeat(64) };
  await store.beginReembedding(photos, other);
  const items = await store.notReembedded(photos, 3_000);
  await store.setNextVectors(
    photos,
    other,
    items.map(({ row }) => ({ row, embedding: sample('x').embedding })),
  );
  await store.drop(SHARED, 'swept');
  const sweeping = openSqliteCollections(database);
  await expect.poll(() => writes.count(undefined)).toEqual(before);
  await sweeping.close();
});

test('several that open a new folder at the same time share its database', async () => {
  const path = join(folder.path, 'new');
  await mkdir(path);
  const all = await Promise.all([1, 2, 3].map(() => openDatabase(path)));
  const stores = all.map((database) => openSqliteCollections(database));
  await stores[0]!.create(SHARED, 'photos', SPACE);
  for (const store of stores) expect(await store.list(SHARED)).toHaveLength(1);
  for (const database of all) await database.close();
});
