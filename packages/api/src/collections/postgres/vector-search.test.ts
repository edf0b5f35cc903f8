/** Samples of collections whose rows are numbered with and without gaps. */
import { expect, test } from 'vitest';
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
