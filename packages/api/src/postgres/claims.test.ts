import { expect, test } from 'vitest';
import { claim } from './claims.ts';
import { openPostgres } from './postgres.ts';
import { testPostgres } from './testing/test-postgres.ts';

test('what a process left when it died is claimed by another, and stays with that one', async () => {
  const { url, close } = await testPostgres();
  const database = await openPostgres(url);
  const dead = await claim(database, 'index 7');
  expect(await claim(database, 'index 7')).toBeUndefined();
  await database.run("UPDATE claims SET ends = clock_timestamp() - interval '1 second'");
  const next = await claim(database, 'index 7');
  expect(next).toBeDefined();
  // It was only stopped.
  await dead!.release();
  expect(await claim(database, 'index 7')).toBeUndefined();
  await next!.release();
  expect(await database.rows('SELECT * FROM claims')).toEqual([]);
  await database.close();
  await close();
});
