/** What dropped collections leave is removed while an index is being made, on a server of PostgreSQL. */
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import { openPostgres } from '../../postgres/postgres.ts';
import { postgresPrograms, startRealPostgres } from '../../postgres/testing/real-postgres.ts';
import { SPACE, sample, vectorOf } from '../testing/samples.ts';
import { openPostgresCollections } from './postgres-collections.ts';

const programs = await postgresPrograms();

test.skipIf(programs === undefined)(
  'an index of a dropped collection waits until no other is being made, and nobody waits for it (skipped without PostgreSQL)',
  async () => {
    const server = await startRealPostgres(programs!);
    const url = await server.createDatabase('sweep');
    const database = await openPostgres(url);
    const refused = Promise.withResolvers<unknown>();
    const store = openPostgresCollections({
      ...database,
      transaction: (body) =>
        database.transaction(body).catch((error) => {
          refused.resolve(error);
          throw error;
        }),
    });
    const [dropped, kept] = [
      await store.create(SHARED, 'dropped', SPACE),
      await store.create(SHARED, 'kept', SPACE),
    ];
    await store.upsert(dropped, [sample('a')]);
    await store.upsert(kept, [sample('b')]);
    const { set } = (await database.first<{ set: number }>(
      'SELECT set_id AS set FROM collections WHERE id = $1',
      dropped.id,
    ))!;
    const index = `vectors_hnsw_${set}`;
    await database.run(`CREATE INDEX ${index} ON vectors
      USING hnsw ((embedding::halfvec(8)) halfvec_ip_ops) WHERE set_id = ${set}`);
    const isThere = async () =>
      (await database.first<{ there: boolean }>(
        'SELECT to_regclass($1) IS NOT NULL AS there',
        index,
      ))!.there;

    const builder = new pg.Client(database.settings);
    await builder.connect();
    // As CREATE INDEX CONCURRENTLY does, for as long as it takes.
    await builder.query('BEGIN; LOCK TABLE vectors IN SHARE UPDATE EXCLUSIVE MODE');
    await store.drop(SHARED, 'dropped');
    expect(await refused.promise).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await isThere()).toBe(true);
    expect(await store.vectors(kept, [1])).toEqual([vectorOf(0)]);
    await builder.query('COMMIT');
    await builder.end();
    await store.close();

    const again = openPostgresCollections(database);
    await vi.waitFor(async () => expect(await isThere()).toBe(false), 10_000);
    await again.close();
    await database.close();
    await server.close();
  },
  60_000,
);
