import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import { temporaryDataFolder } from '../../sqlite/data-folder.ts';
import { openDatabase } from '../../sqlite/database.ts';
import { SPACE } from '../testing/samples.ts';
import { openSqliteCollections } from './sqlite-collections.ts';

const SCRIPT = fileURLToPath(new URL('./testing/upsert-process.ts', import.meta.url));
const ROUNDS = 2;

/** @returns the number of the last batch that it said was done before it was killed. */
async function upsertUntilKilled(folder: string, from: number, batches: number): Promise<number> {
  const child = spawn(process.execPath, ['--conditions=clipql-source', SCRIPT, folder, `${from}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = from - 1;
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    last = Number(line);
    // In the middle of one of the next batches.
    if (last === from + batches) setTimeout(() => child.kill('SIGKILL'), Math.random() * 5);
  });
  const closed = once(lines, 'close');
  await once(child, 'exit');
  await closed;
  return last;
}

test('a process that is killed while it writes loses nothing that was acknowledged, and leaves no half batch', async () => {
  const folder = await temporaryDataFolder();
  const database = await openDatabase(folder.path);
  const store = openSqliteCollections(database);
  const photos = await store.create(SHARED, 'photos', SPACE);
  let next = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const done = await upsertUntilKilled(folder.path, next, 10 + 10 * round);
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
