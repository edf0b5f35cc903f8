import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openPostgres } from './postgres.ts';
import { postgresPrograms, startRealPostgres } from './testing/real-postgres.ts';

const programs = await postgresPrograms();
const without = programs ? '' : ' (skipped, since there is no PostgreSQL to be had)';

test.runIf(programs !== undefined)(
  `a process that stops in a transaction holds others up for 10 s, and is told to try again${without}`,
  async () => {
    const server = await startRealPostgres(programs!);
    const url = await server.createDatabase('stopped');
    const [stopped, other] = [await openPostgres(url), await openPostgres(url)];
    await other.run('CREATE TABLE numbers (n integer)');
    await other.run('INSERT INTO numbers VALUES (1)');
    const locked = Promise.withResolvers<void>();
    const resumed = Promise.withResolvers<void>();
    const lost = stopped.transaction(async (connection) => {
      await connection.run('UPDATE numbers SET n = 2');
      locked.resolve();
      await resumed.promise;
      await connection.run('UPDATE numbers SET n = 3');
    });
    await locked.promise;
    const written = other.transaction((connection) => connection.run('UPDATE numbers SET n = 4'));
    expect(await Promise.race([written, sleep(60_000)])).toBe(1);
    resumed.resolve();
    await expect(lost).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryAfter: 2 });
    expect(await other.rows('SELECT n FROM numbers')).toEqual([{ n: 4 }]);
    // The pool has another connection by then.
    expect(await stopped.rows('SELECT n FROM numbers')).toEqual([{ n: 4 }]);
    for (const database of [stopped, other]) await database.close();
    await server.close();
  },
);
