// These run the built command line: `npm test` builds it first.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import { openSqliteClassifiers } from '../../classifiers/sqlite/sqlite-classifiers.ts';
import { sampleClassifier, sampleExample } from '../../classifiers/testing/samples.ts';
import { openSqliteCollections } from '../../collections/sqlite/sqlite-collections.ts';
import { SPACE, sample } from '../../collections/testing/samples.ts';
import { openLabelSetFolders } from '../../label-sets/label-set-folder.ts';
import { testPostgres } from '../../postgres/testing/test-postgres.ts';
import { openDatabase } from '../../sqlite/database.ts';
import { clipql, expectFailure } from '../../testing/command-line.ts';

test('a data folder is copied to PostgreSQL and from there to another, and a second time nothing is written', async () => {
  const root = await mkdtemp(join(tmpdir(), 'clipql-copy-'));
  const [data, copy] = [join(root, 'data'), join(root, 'copy')];
  await mkdir(data);
  const database = await openDatabase(data);
  const store = openSqliteCollections(database);
  const photos = await store.create(SHARED, 'photos', SPACE);
  await store.upsert(photos, [sample('a', 1, { year: 2020 }), sample('b', 2)]);
  const examples = [{ ...sampleExample(2, 1), image: undefined }];
  await openSqliteClassifiers(database).create(SHARED, sampleClassifier(), examples, false);
  await store.close();
  await database.close();
  // The folder of a server that runs.
  const inUse = await openLabelSetFolders(data, () => {});
  const createdAt = new Date(0).toISOString();
  await inUse
    .of(SHARED)
    .write({ name: 'pets', labels: ['cat'], templates: ['{}'], createdAt }, false);
  const server = await testPostgres();
  const run = (from: string, to: string) =>
    clipql('collections', 'copy', '--from', from, '--to', to);
  const first = (await run(data, server.url)).stderr;
  expect(first).toContain('photos has 2 images copied, 2 of them now');
  expect(first).toContain('classifier animals is copied');
  expect(first).toContain('label set pets is copied');
  const second = (await run(data, server.url)).stderr;
  expect(second).toContain('photos has 2 images copied, 0 of them now');
  expect(second).toContain('classifier animals was there');
  expect(second).toContain('label set pets was there');
  expect((await run(server.url, copy)).stderr).toContain('label set pets is copied');
  // What is there already may be in use.
  expect(await run(server.url, data)).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining('label set pets was there'),
  });
  await inUse
    .of(SHARED)
    .write({ name: 'pets', labels: ['cat', 'dog'], templates: ['{}'], createdAt }, true);
  const intoUse = await run(server.url, data);
  expect(intoUse.exitCode).toBe(1);
  expect(intoUse.stderr).toContain('classifier animals was there');
  const reason = `process ${process.pid} of \\S+ uses`;
  expect(intoUse.stderr).toMatch(
    new RegExp(`DATA_BUSY: label set pets was not copied: expected --to as .* ${reason}`),
  );
  await inUse.close();
  const { stdout } = await clipql('collections', '--data', copy);
  expect(stdout).toMatch(/photos +2 +nano +year/);
  expectFailure(
    await run(join(root, 'nowhere'), copy),
    /BAD_OPTION: expected --from as a data folder/,
  );
  await server.close();
  await rm(root, { recursive: true });
});

test('without label sets, collections are copied into the folder of a server that runs', async () => {
  const root = await mkdtemp(join(tmpdir(), 'clipql-copy-'));
  const [data, served] = [join(root, 'data'), join(root, 'served')];
  await mkdir(data);
  const database = await openDatabase(data);
  const store = openSqliteCollections(database);
  await store.upsert(await store.create(SHARED, 'photos', SPACE), [sample('a', 1)]);
  await store.close();
  await database.close();
  const inUse = await openLabelSetFolders(served, () => {});
  expect(await clipql('collections', 'copy', '--from', data, '--to', served)).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining('photos has 1 image copied, 1 of them now'),
  });
  await inUse.close();
  await rm(root, { recursive: true });
});
