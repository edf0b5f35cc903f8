import pg from 'pg';
import type { Connection, Postgres, Value } from './connection.ts';
import { migrate } from './migrate.ts';
import { shownAddress } from './server-address.ts';
import { storeError } from './store-error.ts';

export interface PostgresOptions {
  /** Whether tables are made and brought up to date; else they have to be of this version. */
  readonly migrates?: boolean;
  /** The most connections at a time. */
  readonly connections?: number;
}

const CONNECTIONS = 10;
/** For a connection, and for a place in the pool, in ms. */
const CONNECT_TIMEOUT = 10_000;
/** For an answer, in ms: a host that is gone without a word sends none. */
const ANSWER_TIMEOUT = 300_000;

/**
 * A process that is stopped in a transaction keeps its locks no longer than this, in ms: others wait for them.
 * Of each transaction, for a pooler shares sessions.
 */
const IDLE_LIMIT = 'SET LOCAL idle_in_transaction_session_timeout = 10000';

/** Ids and rows are below 2⁵³. */
const INT8 = 20;

/**
 * @param url `postgres://user:password@host:port/database`, and what else `pg` takes.
 * @throws ApiError STORE_UNAVAILABLE, also where pgvector or a privilege is missing; STORE_TOO_NEW; BAD_OPTION.
 */
export async function openPostgres(
  url: string,
  { migrates = true, connections = CONNECTIONS }: PostgresOptions = {},
): Promise<Postgres> {
  const address = shownAddress(url);
  const settings: pg.ClientConfig = {
    connectionString: url,
    application_name: 'clipql',
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    query_timeout: ANSWER_TIMEOUT,
    keepAlive: true,
    types: {
      getTypeParser: (id, format) =>
        id === INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(id, format),
    },
  };
  const pool = new pg.Pool({ ...settings, max: connections, allowExitOnIdle: true });
  // A connection that nobody uses may end; whoever needs the next is told what is wrong.
  pool.on('error', () => {});
  const within = async <T>(begin: string, body: (connection: Connection) => Promise<T>) => {
    const client = await pool.connect().catch((error) => {
      throw storeError(error, address);
    });
    // A connection that ends between two statements tells the next one too.
    const ignore = () => {};
    client.on('error', ignore);
    let failure: Error | undefined;
    try {
      await client.query(begin);
      const result = await body(connectionOf(client, address));
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((lost: Error) => {
        failure = lost;
      });
      throw storeError(error, address);
    } finally {
      client.off('error', ignore);
      client.release(failure);
    }
  };
  const database: Postgres = {
    settings,
    ...connectionOf(pool, address),
    transaction: (body) => within(`BEGIN; ${IDLE_LIMIT}`, body),
    snapshot: (body) =>
      within(`BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; ${IDLE_LIMIT}`, body),
    close: () => pool.end(),
  };
  try {
    await migrate(database, address, migrates);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return database;
}

function connectionOf(client: pg.Pool | pg.PoolClient, address: string): Connection {
  const query = async (sql: string, values: readonly Value[]) => {
    try {
      return await client.query(sql, values.map(boundValue));
    } catch (error) {
      throw storeError(error, address);
    }
  };
  return {
    rows: async (sql, ...values) => (await query(sql, values)).rows,
    first: async (sql, ...values) => (await query(sql, values)).rows[0],
    run: async (sql, ...values) => (await query(sql, values)).rowCount ?? 0,
  };
}

/** `pg` sends a `Buffer` as bytes, and other arrays of bytes as text. */
const boundValue = (value: Value): unknown =>
  value instanceof Uint8Array
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : value;
