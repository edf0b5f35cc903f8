import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import { temporaryDataFolder } from '../../sqlite/data-folder.ts';
import { openDatabase } from '../../sqlite/database.ts';
import { writeUntilKilled } from '../../sqlite/testing/write-until-killed.ts';
import { SPACE } from '../testing/samples.ts';
import { openSqliteCollections } from './sqlite-collections.ts';

const PROGRAM = fileURLToPath(new URL('./testing/upsert-process.ts', import.meta.url));
const ROUNDS = 2;

test('a process that is killed while it writes loses nothing that was acknowledged, and leaves no half batch', async () => {
  const folder = await temporaryDataFolder();
  const database = await openDatabase(folder.path);
  const store = openSqliteCollections(database);
  const photos = await store.create(SHARED, 'photos', SPACE);
  let next = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const done = await writeUntilKilled(PROGRAM, {
      folder: folder.path,
      from: next,
      batches: 10 + 10 * round,
    });
    const found = await store.find(SHARED, 'photos');
    // The batch that was under way is there as a whole or not at all.
    const batches = (found.items - 1) / 19;
    expect([done + 1, done + 2]).toContain(batches);
    const where = { field: 'batch', op: 'gte', value: 0 } as const;
    expect((await store.select(photos, where)).size).toBe(found.items);
    const last = await store.select(photos, { ...where, op: 'eq', value: batches - 1 });
    expect(last.size).toBe(20);
    let rows = 0;
    for await (const batch of store.changes(photos, 0)) rows += batch.rows.length;
    expect(rows).toBe(found.items);
    next = batches;
  }
  await store.close();
  await database.close();
  await folder.close();
});
