/** Indexes whose making was broken off or goes on without its process, on a server of PostgreSQL. */
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import { openPostgres } from '../../postgres/postgres.ts';
import { postgresPrograms, startRealPostgres } from '../../postgres/testing/real-postgres.ts';
import { SPACE, sample } from '../testing/samples.ts';
import { openPostgresCollections } from './postgres-collections.ts';

const programs = await postgresPrograms();

test.skipIf(programs === undefined)(
  'an index that the database is still making is left alone, and one that was broken off is made again (skipped without PostgreSQL)',
  async () => {
    const server = await startRealPostgres(programs!);
    const database = await openPostgres(await server.createDatabase('indexes'));
    const store = openPostgresCollections(database);
    const photos = await store.create(SHARED, 'photos', SPACE);
    await store.upsert(photos, [sample('a')]);
    // As many as are worth an index.
    await database.run('UPDATE collections SET items = 20000 WHERE id = $1', photos.id);
    const connect = async () => {
      const client = new pg.Client(database.settings);
      client.on('error', () => {});
      await client.connect();
      return client;
    };
    const [builder, writer] = [await connect(), await connect()];
    const found = async () =>
      (
        await database.rows<{ index: string; valid: boolean }>(
          `SELECT indexrelid::text AS index, indisvalid AS valid FROM pg_index
           WHERE indexrelid::regclass::text LIKE 'vectors_hnsw_%'`,
        )
      )[0];
    const { set } = (await database.first<{ set: number }>(
      'SELECT set_id AS set FROM collections WHERE id = $1',
      photos.id,
    ))!;
    // The making of an index waits for whoever writes.
    await writer.query('BEGIN; LOCK TABLE vectors IN ROW EXCLUSIVE MODE');
    const making = builder.query(`CREATE INDEX CONCURRENTLY vectors_hnsw_${set} ON vectors
      USING hnsw ((embedding::halfvec(8)) halfvec_ip_ops) WHERE set_id = ${set}`);
    const outcome = making.then(
      () => 'made',
      () => 'broken off',
    );
    await vi.waitFor(async () => expect(await found()).toMatchObject({ valid: false }), 60_000);
    const before = await found();
    await store.vectorSearch!.prepare(photos);
    expect(await found()).toEqual(before);

    await database.run(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONC%'`,
    );
    expect(await outcome).toBe('broken off');
    await writer.query('COMMIT');
    expect(await found()).toEqual(before);
    await store.vectorSearch!.prepare(photos);
    const after = await found();
    expect(after).toMatchObject({ valid: true });
    expect(after!.index).not.toBe(before!.index);
    expect(await database.rows('SELECT * FROM claims')).toEqual([]);

    for (const client of [builder, writer]) await client.end().catch(() => {});
    await store.close();
    await database.close();
    await server.close();
  },
);

test.skipIf(programs === undefined)(
  'an index is made with the memory that it needs, with what the operator has set, or with what the server has (skipped without PostgreSQL)',
  async () => {
    const server = await startRealPostgres(programs!);
    const url = await server.createDatabase('memory');
    const database = await openPostgres(url);
    await database.run('CREATE TABLE seen (memory text)');
    /** Notes the memory of each try before a rule for it holds. */
    const watch = (rule: string) =>
      database.run(`CREATE OR REPLACE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO seen VALUES (current_setting('maintenance_work_mem'));
          ${rule}
        END $$`);
    await watch('');
    await database.run(
      "CREATE EVENT TRIGGER watch ON ddl_command_start WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION watch()",
    );
    const store = openPostgresCollections(database);
    const seen = async (name: string, items: number) => {
      await database.run('TRUNCATE seen');
      const collection = await store.create(SHARED, name, SPACE);
      await store.upsert(collection, [sample('a')]);
      await database.run('UPDATE collections SET items = $1 WHERE id = $2', items, collection.id);
      await store.vectorSearch!.prepare(collection);
      return (await database.rows<{ memory: string }>('SELECT memory FROM seen')).map(
        ({ memory }) => memory,
      );
    };
    expect(await seen('small', 20_000)).toEqual(['64MB']);
    expect(await seen('medium', 200_000)).toEqual(['101MB']);
    expect(await seen('large', 100_000_000)).toEqual(['512MB']);
    await watch(`IF current_setting('maintenance_work_mem') <> '64MB' THEN
      RAISE EXCEPTION 'could not resize shared memory segment' USING ERRCODE = '53100'; END IF;`);
    expect(await seen('little', 200_000)).toEqual(['64MB']);
    await watch('');
    await database.run("ALTER ROLE clipql SET maintenance_work_mem = '70MB'");
    expect(await seen('set', 100_000_000)).toEqual(['70MB']);
    await store.close();
    await database.close();
    await server.close();
  },
);
