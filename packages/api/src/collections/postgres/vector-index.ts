import { Socket } from 'node:net';
import pg from 'pg';
import { claim } from '../../postgres/claims.ts';
import type { Connection, Postgres } from '../../postgres/connection.ts';
import { withBuildMemory } from './build-memory.ts';

/** Below, comparing all takes some tens of milliseconds. */
const WORTH_AN_INDEX = 20_000;

const M = 16;
const EF_CONSTRUCTION = 64;

/** Less than PostgreSQL takes to find a deadlock, for which it might end the making of an index. */
const DROP_WAIT_MS = 500;

const nameOf = (set: number): string => `vectors_hnsw_${BigInt(set)}`;

/** Whether a set of vectors has its index. One that was broken off is `invalid`. */
export async function findIndex(
  connection: Connection,
  set: number,
): Promise<'valid' | 'invalid' | undefined> {
  const found = await connection.first<{ readonly valid: boolean }>(
    'SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass($1)',
    nameOf(set),
  );
  if (found === undefined) return undefined;
  return found.valid ? 'valid' : 'invalid';
}

/**
 * Whether the database is making the index of a set. It goes on when the process that asked for it has died, and until it is
 * done, the index is `invalid`.
 */
async function isBeingMade(connection: Connection, set: number): Promise<boolean> {
  const sql = 'SELECT 1 FROM pg_stat_progress_create_index WHERE index_relid = to_regclass($1)';
  return (await connection.first(sql, nameOf(set))) !== undefined;
}

/**
 * Makes the HNSW index of a set, beside what others read and write; not where another process is about it.
 *
 * @param vectors how many it has.
 * @returns whether it was made.
 */
export async function buildIndex(
  database: Postgres,
  set: number,
  dimensions: number,
  vectors: number,
): Promise<boolean> {
  if (vectors < WORTH_AN_INDEX || (await findIndex(database, set)) === 'valid') return false;
  const claimed = await claim(database, `index ${set}`);
  if (claimed === undefined) return false;
  try {
    if (await isBeingMade(database, set)) return false;
    await makeIndex(database, set, { dimensions, vectors });
    return true;
  } finally {
    await claimed.release();
  }
}

async function makeIndex(
  database: Postgres,
  set: number,
  size: { readonly vectors: number; readonly dimensions: number },
): Promise<void> {
  // It takes as long as it takes, and no transaction.
  const socket = new Socket();
  const client = new pg.Client({ ...database.settings, query_timeout: 0, stream: () => socket });
  client.on('error', () => {});
  await client.connect();
  // A process may end meanwhile: the database goes on.
  socket.unref();
  try {
    await withBuildMemory(client, size, async () => {
      if ((await findIndex(database, set)) === 'invalid') {
        await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${nameOf(set)}`);
      }
      await client.query(
        `CREATE INDEX CONCURRENTLY IF NOT EXISTS ${nameOf(set)} ON vectors
         USING hnsw ((embedding::halfvec(${BigInt(size.dimensions)})) halfvec_ip_ops)
         WITH (m = ${M}, ef_construction = ${EF_CONSTRUCTION}) WHERE set_id = ${BigInt(set)}`,
      );
    });
  } finally {
    await client.end();
  }
}

/**
 * Of a set that nothing uses.
 *
 * @throws ApiError STORE_UNAVAILABLE while an index is being made, of whatever set: nobody reads or writes
 *   vectors while this waits for that.
 */
export async function dropIndex(connection: Connection, set: number): Promise<void> {
  await connection.run(`SET LOCAL lock_timeout = ${DROP_WAIT_MS}`);
  await connection.run(`DROP INDEX IF EXISTS ${nameOf(set)}`);
}
