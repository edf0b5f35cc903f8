/** Samples of rows that are numbered with and without gaps, and an index that cannot be made. */
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import { openPostgres } from '../../postgres/postgres.ts';
import { testPostgres } from '../../postgres/testing/test-postgres.ts';
import { SPACE, sample } from '../testing/samples.ts';
import { openPostgresCollections } from './postgres-collections.ts';

const ITEMS = 200;
const COUNT = 50;

test('a sample has different rows at random, also where nearly all that were ever written are gone', async () => {
  const { url, close } = await testPostgres();
  const database = await openPostgres(url);
  const store = openPostgresCollections(database);
  const photos = await store.create(SHARED, 'photos', SPACE);
  const keys = Array.from({ length: ITEMS }, (_, i) => `k${i}`);
  await store.upsert(
    photos,
    keys.map((key, i) => sample(key, i)),
  );
  const rowsOfSample = async (count: number) =>
    new Set((await store.vectorSearch!.sample(photos, count)).map(({ row }) => row));
  expect((await rowsOfSample(ITEMS)).size).toBe(ITEMS);
  expect((await rowsOfSample(COUNT)).size).toBeGreaterThan(COUNT / 2);

  await database.run('UPDATE collections SET seq = $1 WHERE id = $2', 2_000_000_000, photos.id);
  const [first, second] = [await rowsOfSample(COUNT), await rowsOfSample(COUNT)];
  expect([first.size, second.size]).toEqual([COUNT, COUNT]);
  expect(first).not.toEqual(second);
  await store.close();
  await database.close();
  await close();
});

test('searches that come after an index could not be made do not each try again', async () => {
  const { url, close } = await testPostgres();
  const database = await openPostgres(url, { connections: 1 });
  const store = openPostgresCollections(database);
  const photos = await store.create(SHARED, 'photos', SPACE);
  await store.upsert(photos, [sample('a')]);
  // As many as are worth an index, one of which no index of the collection takes.
  await database.run('UPDATE collections SET items = 20000 WHERE id = $1', photos.id);
  await database.run(
    `INSERT INTO vectors (set_id, row, embedding) SELECT set_id, 2, '[1,2,3]' FROM collections WHERE id = $1`,
    photos.id,
  );
  const connect = vi.spyOn(pg.Client.prototype, 'connect');
  for (let search = 0; search < 3; search++) {
    await expect(store.vectorSearch!.prepare(photos)).rejects.toThrow('dimensions');
  }
  expect(connect).toHaveBeenCalledTimes(1);
  connect.mockRestore();
  await store.close();
  await database.close();
  await close();
});
