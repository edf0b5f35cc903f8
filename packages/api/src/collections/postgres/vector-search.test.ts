/** Samples of rows that are numbered with and without gaps, and an index that cannot be made. */
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

test('an index that cannot be made is told of once, and tried again later, not by each search', async () => {
  const { url, close } = await testPostgres();
  const database = await openPostgres(url, { connections: 1 });
  const [onIndexBuild, onIndexFailure] = [vi.fn(), vi.fn()];
  const store = openPostgresCollections(database, { onIndexBuild, onIndexFailure });
  const photos = await store.create(SHARED, 'photos', SPACE);
  await store.upsert(photos, [sample('a')]);
  // As many as are worth an index, one of which no index of the collection takes.
  await database.run('UPDATE collections SET items = 20000 WHERE id = $1', photos.id);
  await database.run(
    `INSERT INTO vectors (set_id, row, embedding) SELECT set_id, 2, '[1,2,3]' FROM collections WHERE id = $1`,
    photos.id,
  );
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const search = () => store.vectorSearch!.prepare(photos);
  const outcomes = () => onIndexBuild.mock.calls.flat();
  for (let searches = 0; searches < 3; searches++)
    await expect(search()).rejects.toThrow('dimensions');
  expect(outcomes()).toEqual(['failed']);
  vi.advanceTimersByTime(60_000);
  for (let searches = 0; searches < 3; searches++)
    await expect(search()).rejects.toThrow('dimensions');
  vi.advanceTimersByTime(60_000);
  await expect(search()).rejects.toThrow('dimensions');
  expect(outcomes()).toEqual(['failed', 'failed']);
  expect(onIndexFailure.mock.calls).toEqual([
    [
      expect.objectContaining({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringMatching(/photos.*dimensions/),
      }),
    ],
  ]);
  await database.run('DELETE FROM vectors WHERE row = 2');
  vi.advanceTimersByTime(60_000);
  await search();
  expect(outcomes()).toEqual(['failed', 'failed', 'done']);
  vi.useRealTimers();
  await store.close();
  await database.close();
  await close();
});
