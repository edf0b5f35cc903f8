/** A search whose client is gone ends in the database too, on a server of PostgreSQL. */
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import { openPostgres } from '../../postgres/postgres.ts';
import { postgresPrograms, startRealPostgres } from '../../postgres/testing/real-postgres.ts';
import { SPACE, sample, vectorOf } from '../testing/samples.ts';
import { openPostgresCollections } from './postgres-collections.ts';

const programs = await postgresPrograms();
const TIMEOUT = 120_000;

test.skipIf(programs === undefined)(
  'the statement of a search that nobody waits for any more is ended, and the next search is answered (skipped without PostgreSQL)',
  async () => {
    const server = await startRealPostgres(programs!);
    const url = await server.createDatabase('abandoned');
    // One connection, so that none is left to end the statement with.
    const database = await openPostgres(url, { connections: 1 });
    const store = openPostgresCollections(database);
    const photos = await store.create(SHARED, 'photos', SPACE);
    await store.upsert(photos, [sample('a', 1), sample('b', 2)]);

    const other = new pg.Client(database.settings);
    await other.connect();
    const waitingStatements = async () => {
      const sql = `SELECT query FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      return (await other.query(sql)).rows.length;
    };
    await other.query('BEGIN; LOCK TABLE vectors IN ACCESS EXCLUSIVE MODE');
    const waiting = new AbortController();
    const { signal } = waiting;
    const query = { query: vectorOf(1), k: 1 };
    const search = store.vectorSearch!.nearest(photos, { ...query, signal });
    search.catch(() => {});
    await vi.waitFor(async () => expect(await waitingStatements()).toBe(1), TIMEOUT);
    waiting.abort(new Error('gone'));
    await expect(search).rejects.toThrow('gone');
    // The lock is still held, which nothing waits for now.
    await vi.waitFor(async () => expect(await waitingStatements()).toBe(0), TIMEOUT);
    await other.query('COMMIT');
    await other.end();

    await expect(store.vectorSearch!.nearest(photos, { ...query, signal })).rejects.toThrow('gone');
    const [nearest] = await store.vectorSearch!.nearest(photos, query);
    expect(nearest!.vector).toEqual(vectorOf(1));
    await store.close();
    await database.close();
    await server.close();
  },
  TIMEOUT,
);
