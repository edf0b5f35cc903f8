/** How many of the nearest HNSW finds, on a server of PostgreSQL with the settings that are shipped. */
import { dot } from '@clipql/core';
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import { openPostgres } from '../../postgres/postgres.ts';
import { postgresPrograms, startRealPostgres } from '../../postgres/testing/real-postgres.ts';
import type { NewItem } from '../item.ts';
import { sample } from '../testing/samples.ts';
import { openPostgresCollections } from './postgres-collections.ts';

/** Half of them are more than are compared one by one. */
const ITEMS = 42_000;
const DIMENSIONS = 64;
const CLUSTERS = 1_000;
const QUERIES = 30;
const TIMEOUT = 600_000;
const K = 10;
const LEAST_RECALL = 0.98;

const programs = await postgresPrograms();

/** Numbers that look normally distributed, and are the same each time. */
function normals(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** In clusters, and all on one side, as CLIP’s embeddings are. */
function vectors(count: number, seed: number): Float32Array[] {
  const shape = normals(7);
  const side = Float32Array.from({ length: DIMENSIONS }, () => 2 * shape());
  const centers = Array.from({ length: CLUSTERS }, () =>
    Float32Array.from({ length: DIMENSIONS }, shape),
  );
  const next = normals(seed);
  return Array.from({ length: count }, (_, n) => {
    const center = centers[(n * 7919) % CLUSTERS]!;
    const vector = side.map((value, i) => value + center[i]! + 0.7 * next());
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  });
}

test.skipIf(programs === undefined)(
  `recall@${K} is at least ${LEAST_RECALL} without a filter, and with ones that leave 50 % and 1 % (skipped without PostgreSQL)`,
  async () => {
    const server = await startRealPostgres(programs!);
    const url = await server.createDatabase('recall');
    const database = await openPostgres(url, { connections: 1 });
    const store = openPostgresCollections(database);
    const space = { hash: 'c'.repeat(64), model: 'clusters', dimensions: DIMENSIONS };
    const photos = await store.create(SHARED, 'photos', space);
    const items: NewItem[] = vectors(ITEMS, 1).map((embedding, i) => ({
      ...sample(`k${i}`, i, { bucket: (i * 31) % 100 }),
      embedding,
    }));
    for (let at = 0; at < ITEMS; at += 1_000)
      await store.upsert(photos, items.slice(at, at + 1_000));
    const found = await store.items(
      photos,
      items.map(({ key }) => key),
    );
    const { vectorSearch } = store;
    // As searches do that come while it is made.
    const connect = vi.spyOn(pg.Client.prototype, 'connect');
    await Promise.all([1, 2, 3].map(() => vectorSearch!.prepare(photos)));
    expect(connect).toHaveBeenCalledTimes(1);
    connect.mockRestore();
    expect(
      await database.first(
        "SELECT indisvalid AS valid FROM pg_index WHERE indexrelid::regclass::text LIKE 'vectors_hnsw_%'",
      ),
    ).toEqual({ valid: true });

    const queries = vectors(QUERIES, 99);
    for (const [share, where] of [
      [1, undefined],
      [0.5, { field: 'bucket', op: 'lt', value: 50 }],
      [0.01, { field: 'bucket', op: 'eq', value: 3 }],
    ] as const) {
      const passes = (i: number) =>
        share === 1 || (share === 0.5 ? (i * 31) % 100 < 50 : (i * 31) % 100 === 3);
      let hits = 0;
      for (const query of queries) {
        const truth = items
          .map(({ embedding }, i) => ({ row: found[i]!.row, score: dot(query, embedding), i }))
          .filter(({ i }) => passes(i))
          .sort((a, b) => b.score - a.score)
          .slice(0, K);
        const answer = await vectorSearch!.nearest(photos, { query, where, k: K });
        // The index says nothing of how many it compared.
        expect(answer.compared).toBe(share < 0.1 ? share * ITEMS : undefined);
        const rows = new Set(answer.map(({ row }) => row));
        hits += truth.filter(({ row }) => rows.has(row)).length;
      }
      expect(hits / (QUERIES * K), `${100 * share} % pass`).toBeGreaterThanOrEqual(LEAST_RECALL);
    }
    // Of as many items, those that the index goes over would have fewer than 1,000 of the 21,000.
    await database.run('UPDATE collections SET items = 8000000 WHERE id = $1', photos.id);
    const half = { field: 'bucket', op: 'lt', value: 50 } as const;
    const comparedOf = async (k: number) =>
      (await vectorSearch!.nearest(photos, { query: queries[0]!, where: half, k })).compared;
    expect([await comparedOf(1_000), await comparedOf(K)]).toEqual([ITEMS / 2, undefined]);
    await store.close();
    await database.close();
    await server.close();
  },
  TIMEOUT,
);
