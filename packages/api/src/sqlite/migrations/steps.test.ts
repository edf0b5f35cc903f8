/** A database of an earlier version is brought up to date with all that is in it. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import { openSqliteCollections } from '../../collections/sqlite/sqlite-collections.ts';
import { OF_NO_FILE, SPACE, sample, vectorOf } from '../../collections/testing/samples.ts';
import { temporaryDataFolder } from '../data-folder.ts';
import { openDatabase } from '../database.ts';
import { MIGRATIONS } from './steps.ts';

test('items of version 2 are as they were, and vectors made elsewhere join them', async () => {
  const folder = await temporaryDataFolder();
  const old = new DatabaseSync(join(folder.path, 'clipql.db'));
  for (const step of MIGRATIONS.slice(0, 2)) old.exec(step);
  const { hash, model, dimensions } = SPACE;
  const vector = Buffer.from(new Float16Array(vectorOf(1)).buffer).toString('hex');
  old.exec(`
    PRAGMA application_id = ${0x436c6970};
    PRAGMA user_version = 2;
    INSERT INTO vector_sets VALUES (1, '${hash}', '${model}', ${dimensions}, 1);
    INSERT INTO vectors VALUES (${2 ** 32 + 1}, x'${vector}');
    INSERT INTO collections VALUES (1, '', 'photos', 1, NULL, 1, 1, 1700000000000, 0);
    INSERT INTO items VALUES
      (1, 1, 'a', 'photos/a', '${'0'.repeat(63)}1', 'jpeg', 640, 480, 1001, 1.5, 1700000000000, '{}', 0);
  `);
  old.close();

  const database = await openDatabase(folder.path);
  const store = openSqliteCollections(database);
  const photos = await store.find(SHARED, 'photos');
  const elsewhere = { ...sample('b', 2), ...OF_NO_FILE };
  await store.upsert(photos, [elsewhere]);
  const stored = [];
  for await (const items of store.stored(photos)) stored.push(...items);
  expect(stored).toEqual([{ ...sample('a', 1), modified: 1.5 }, elsewhere]);
  await store.close();
  await database.close();
  await folder.close();
});
