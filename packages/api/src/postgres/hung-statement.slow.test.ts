/** Statements that never end, and servers that never answer, on a server of PostgreSQL. */
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { openPostgres } from './postgres.ts';
import { postgresPrograms, startRealPostgres } from './testing/real-postgres.ts';

/** Milliseconds: time enough for whatever works. */
const LIMIT = 3_000;

const programs = await postgresPrograms();
const without = programs ? '' : ' (skipped, since there is no PostgreSQL to be had)';

test.runIf(programs !== undefined)(
  `the server ends what takes too long, whether it works or waits for a lock${without}`,
  async () => {
    const server = await startRealPostgres(programs!);
    const url = await server.createDatabase('hung');
    const limits = { read: LIMIT, write: LIMIT };
    const [limited, other] = [
      await openPostgres(url, { limits, connections: 1 }),
      await openPostgres(url),
    ];
    await other.run('CREATE TABLE numbers (n integer)');
    const tooLong = {
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('statement timeout'),
      retryAfter: 2,
    };
    await expect(
      limited.snapshot((connection) => connection.run('SELECT pg_sleep(3600)')),
    ).rejects.toMatchObject(tooLong);
    await other.transaction(async (connection) => {
      await connection.run('LOCK TABLE numbers');
      await expect(
        limited.transaction((one) => one.run('INSERT INTO numbers VALUES (1)')),
      ).rejects.toMatchObject(tooLong);
    });
    const working = await other.rows(
      `SELECT query FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
    );
    expect(working).toEqual([]);
    // Its only connection is of use.
    expect(await limited.rows('SELECT n FROM numbers')).toEqual([]);
    for (const database of [limited, other]) await database.close();
    await server.close();
  },
);

test.runIf(programs !== undefined)(
  `a connection that gives no answer makes room for another, and is not asked to roll back${without}`,
  async () => {
    const server = await startRealPostgres(programs!);
    const url = await server.createDatabase('hung');
    const database = await openPostgres(url, {
      connections: 1,
      limits: { read: LIMIT, write: LIMIT },
    });
    const query = vi.spyOn(pg.Client.prototype, 'query');
    let backend = 0;
    const hung = database.transaction(async (connection) => {
      const found = await connection.first<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      backend = found!.pid;
      process.kill(backend, 'SIGSTOP');
      await connection.run('SELECT 1');
    });
    await expect(hung).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await database.first('SELECT 1 AS one')).toEqual({ one: 1 });
    expect(JSON.stringify(query.mock.calls.map(([text]) => text))).not.toContain('ROLLBACK');
    query.mockRestore();
    process.kill(backend, 'SIGCONT');
    await database.close();
    await server.close();
  },
);
