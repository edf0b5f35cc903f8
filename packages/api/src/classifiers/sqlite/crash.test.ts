import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import { temporaryDataFolder } from '../../sqlite/data-folder.ts';
import { openDatabase } from '../../sqlite/database.ts';
import { writeUntilKilled } from '../../sqlite/testing/write-until-killed.ts';
import { sampleClassifier, sampleExample } from '../testing/samples.ts';
import { openSqliteClassifiers } from './sqlite-classifiers.ts';

const PROGRAM = fileURLToPath(new URL('./testing/add-process.ts', import.meta.url));
const ROUNDS = 2;
const BATCHES = 12;

test('a process that is killed while it adds examples loses none that was acknowledged, and leaves no half batch', async () => {
  const folder = await temporaryDataFolder();
  const database = await openDatabase(folder.path);
  const store = openSqliteClassifiers(database);
  await store.create(SHARED, sampleClassifier(), [sampleExample(2, 2)], false);
  let next = 1;
  for (let round = 0; round < ROUNDS; round++) {
    const done = await writeUntilKilled(PROGRAM, {
      folder: folder.path,
      from: next,
      batches: BATCHES,
    });
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
