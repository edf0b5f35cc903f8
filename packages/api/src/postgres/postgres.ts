import pg from 'pg';
import { cancelStatement } from './cancel-statement.ts';
import type { Connection, Postgres, Value } from './connection.ts';
import { migrate } from './migrate.ts';
import { onceThere } from './once-there.ts';
import { shownAddress } from './server-address.ts';
import { isAway, storeError } from './store-error.ts';

export interface PostgresOptions {
  /** Whether tables are made and brought up to date; else they have to be of this version. */
  readonly migrates?: boolean;
  /** The most connections at a time. */
  readonly connections?: number;
  readonly limits?: StatementLimits;
  /**
   * Told why the database cannot be reached at the start. Requests that need it are refused until it can be, and the
   * first one after that brings its tables up to date. Without `onAway`, opening fails instead.
   */
  readonly onAway?: ((error: unknown) => void) | undefined;
}

/** How long a statement may take, in ms, before the server ends it. */
interface StatementLimits {
  /** Of a snapshot; and for the answer to one that is outside of transactions. */
  readonly read: number;
  /** Of a transaction. */
  readonly write: number;
}

const CONNECTIONS = 10;
/** For a connection, and for a place in the pool, in ms. */
const CONNECT_TIMEOUT = 10_000;
const LIMITS: StatementLimits = { read: 120_000, write: 300_000 };
/** Milliseconds for an answer, beside what the statement may take: a host that is gone without a word sends none. */
const ANSWER_TIMEOUT = 10_000;
/** What a migration takes, it takes. */
const NO_LIMIT = 0;
/** The longest that a timer of Node takes, in ms. */
const FOREVER = 2 ** 31 - 1;

/**
 * How long a process that is stopped within a transaction keeps its locks, for which others wait, in ms. It is set
 * anew in each transaction, as poolers share sessions.
 */
const IDLE_LIMIT = 'SET LOCAL idle_in_transaction_session_timeout = 10000';

/** Why a connection is closed that a statement ran on which nobody waits for. */
const ABANDONED = new Error('nobody waits for the statement');

/** Ids and rows are below 2⁵³. */
const INT8 = 20;

/**
 * @param url `postgres://user:password@host:port/database`, and what else `pg` takes.
 * @throws ApiError STORE_UNAVAILABLE, also where pgvector or a privilege is missing; STORE_TOO_NEW; BAD_OPTION.
 */
export async function openPostgres(
  url: string,
  { migrates = true, connections = CONNECTIONS, limits = LIMITS, onAway }: PostgresOptions = {},
): Promise<Postgres> {
  const address = shownAddress(url);
  const settings: pg.ClientConfig = {
    connectionString: url,
    application_name: 'clipql',
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    query_timeout: limits.read + ANSWER_TIMEOUT,
    keepAlive: true,
    keepAliveInitialDelayMillis: ANSWER_TIMEOUT,
    types: {
      getTypeParser: (id, format) =>
        id === INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(id, format),
    },
  };
  const pool = new pg.Pool({ ...settings, max: connections, allowExitOnIdle: true });
  // A connection that nobody uses may end; whoever needs the next is told what is wrong.
  pool.on('error', () => {});
  const within = async <T>(
    begin: string,
    limit: number,
    body: (connection: Connection) => Promise<T>,
    signal?: AbortSignal,
  ) => {
    signal?.throwIfAborted();
    const client = await pool.connect().catch((error) => {
      throw storeError(error, address);
    });
    let lost: Error | undefined;
    const lose = (error: Error) => {
      lost = error;
    };
    // A connection that ends between two statements tells the next one too.
    client.on('error', lose);
    const query = async (text: string, values: readonly Value[] = []) => {
      signal?.throwIfAborted();
      const statement: TimedStatement = {
        ...{ text, values: values.map(boundValue) },
        query_timeout: limit === NO_LIMIT ? FOREVER : limit + ANSWER_TIMEOUT,
      };
      try {
        return await client.query(statement);
      } catch (error) {
        if (isUnanswered(error)) lose(error);
        throw storeError(error, address);
      }
    };
    let pid: number | undefined;
    const stop = () => {
      // The connection is not used again: its next statement could be ended instead.
      lose(ABANDONED);
      if (pid !== undefined) cancelStatement(settings, pid).catch(() => {});
    };
    try {
      await query(`${begin}; ${IDLE_LIMIT}; SET LOCAL statement_timeout = ${limit}`);
      if (signal !== undefined) {
        // Not the client's own `processID`: behind a pooler that is not the server's.
        pid = (await query('SELECT pg_backend_pid() AS pid')).rows[0].pid;
        signal.throwIfAborted();
        signal.addEventListener('abort', stop);
      }
      const result = await body(connectionOf(query));
      await query('COMMIT');
      return result;
    } catch (error) {
      // One that gives no answer would not answer this either: the server rolls back what has lost its connection.
      if (lost === undefined) await query('ROLLBACK').catch(lose);
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', stop);
      client.off('error', lose);
      client.release(lost);
    }
  };
  const migrated = onceThere(() => {
    const transaction: Postgres['transaction'] = (body) => within('BEGIN', limits.write, body);
    const unlimited: Postgres['transaction'] = (body) => within('BEGIN', NO_LIMIT, body);
    return migrate({ transaction, unlimited }, address, migrates);
  });
  const alone = async (text: string, values: readonly Value[]) => {
    await migrated();
    try {
      return await pool.query(text, values.map(boundValue));
    } catch (error) {
      throw storeError(error, address);
    }
  };
  const database: Postgres = {
    settings,
    ...connectionOf(alone),
    transaction: async (body) => {
      await migrated();
      return within('BEGIN', limits.write, body);
    },
    snapshot: async (body, signal) => {
      await migrated();
      return within('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY', limits.read, body, signal);
    },
    close: () => pool.end(),
  };
  try {
    await migrated();
  } catch (error) {
    if (onAway === undefined || !isAway(error)) {
      await pool.end();
      throw error;
    }
    onAway(error);
  }
  return database;
}

/** What `pg` takes, and its types lack. */
interface TimedStatement extends pg.QueryConfig<unknown[]> {
  readonly query_timeout: number;
}

/** Where `pg` has stopped waiting; the statement may go on. */
const isUnanswered = (error: unknown): error is Error =>
  error instanceof Error && error.message === 'Query read timeout';

function connectionOf(
  query: (sql: string, values: readonly Value[]) => Promise<pg.QueryResult>,
): Connection {
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
