/** The suites of collections and classifiers on a server of PostgreSQL, whose user is no superuser. */
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { openPostgres } from '../../postgres/postgres.ts';
import { createPlainDatabase, urlOf } from '../../postgres/testing/plain-role.ts';
import { postgresPrograms, startRealPostgres } from '../../postgres/testing/real-postgres.ts';
import { testPostgres, useServer } from '../../postgres/testing/test-postgres.ts';
import { upsertAtOnce } from '../testing/upsert-at-once.ts';

const programs = await postgresPrograms();

if (programs === undefined) {
  test.skip('skipped: there is no PostgreSQL for this machine, and none can be downloaded');
} else {
  const server = await startRealPostgres(programs);
  afterAll(() => server.close());
  let databases = 0;

  useServer(async () => {
    databases += 1;
    return { url: await createPlainDatabase(server, `test_${databases}`), close: async () => {} };
  });

  for (const suite of ['catalogue', 'changes', 'filters', 'hostile', 'items', 'levels', 'pages']) {
    await import(`./${suite}.test.ts`);
  }
  await import('../../classifiers/conformance/catalogue.test.ts');
  await import('../../classifiers/conformance/examples.test.ts');

  test('the user of these suites is no superuser, and without pgvector one sentence says what to do', async () => {
    const { url } = await testPostgres();
    const database = await openPostgres(url);
    expect(
      await database.first('SELECT rolsuper FROM pg_roles WHERE rolname = current_user'),
    ).toEqual({
      rolsuper: false,
    });
    await database.close();
    const bare = urlOf(await server.createDatabase('bare'), 'plain');
    await expect(openPostgres(bare)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: false,
      message: expect.stringContaining('CREATE EXTENSION vector'),
    });
  });

  test('whoever waits while another makes the tables finds them made', async () => {
    const { url } = await testPostgres();
    const operator = new pg.Client({ connectionString: urlOf(url, 'clipql') });
    await operator.connect();
    // Whoever makes the tables asks first whether pgvector is there.
    await operator.query('BEGIN; LOCK pg_extension');
    const opening = Promise.all(Array.from({ length: 12 }, () => openPostgres(url)));
    const waiting = `SELECT count(*)::int FROM pg_locks WHERE NOT granted AND database =
      (SELECT oid FROM pg_database WHERE datname = current_database())`;
    await expect.poll(async () => (await operator.query(waiting)).rows[0].count).toBe(12);
    await operator.query('COMMIT');
    for (const database of await opening) await database.close();
    await operator.end();
  });

  test('several that write to a collection at once lose nothing, and an index hears of all', async () => {
    const { url } = await testPostgres();
    await upsertAtOnce(url);
  });
}
