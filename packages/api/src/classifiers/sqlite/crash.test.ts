import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import { temporaryDataFolder } from '../../sqlite/data-folder.ts';
import { openDatabase } from '../../sqlite/database.ts';
import { sampleClassifier, sampleExample } from '../testing/samples.ts';
import { openSqliteClassifiers } from './sqlite-classifiers.ts';

const SCRIPT = fileURLToPath(new URL('./testing/add-process.ts', import.meta.url));
const ROUNDS = 2;
const BATCHES = 12;

/** @returns the number of the last batch that it said was done before it was killed. */
async function addUntilKilled(folder: string, from: number): Promise<number> {
  const child = spawn(process.execPath, ['--conditions=clipql-source', SCRIPT, folder, `${from}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = from - 1;
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    last = Number(line);
    // In the middle of one of the next batches.
    if (last === from + BATCHES) setTimeout(() => child.kill('SIGKILL'), Math.random() * 5);
  });
  const closed = once(lines, 'close');
  await once(child, 'exit');
  await closed;
  return last;
}

test('a process that is killed while it adds examples loses none that was acknowledged, and leaves no half batch', async () => {
  const folder = await temporaryDataFolder();
  const database = await openDatabase(folder.path);
  const store = openSqliteClassifiers(database);
  await store.create(SHARED, sampleClassifier(), [sampleExample(2, 2)], false);
  let next = 1;
  for (let round = 0; round < ROUNDS; round++) {
    const done = await addUntilKilled(folder.path, next);
    const found = await store.find(SHARED, 'animals');
    const counts = found.classes.map(({ examples }) => examples);
    // The batch that was under way is there as a whole or not at all.
    const [batches = 0] = counts;
    expect([done, done + 1]).toContain(batches);
    expect(counts).toEqual([batches, batches, batches + 1]);
    expect(found.version).toBe(batches);
    expect((await store.trainingSet(found)).examples.classes).toHaveLength(3 * batches + 1);
    next = batches + 1;
  }
  await database.close();
  await folder.close();
});
