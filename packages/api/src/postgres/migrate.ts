import { ApiError } from '../errors/api-error.ts';
import type { Connection, Postgres } from './connection.ts';
import { MIGRATIONS } from './migrations/steps.ts';

/** `pg_advisory_xact_lock` of whoever makes tables: “Clip”. */
const LOCK = 0x436c6970;

/** The earliest that has halfvec. */
const PGVECTOR = [0, 7] as const;

/** As `Postgres` has them. */
interface Transactions {
  readonly transaction: Postgres['transaction'];
  /** Whose statements may take as long as they take. */
  readonly unlimited: Postgres['transaction'];
}

/**
 * Brings the tables of a database up to date, one process at a time and as a whole.
 *
 * @param isAllowed whether tables may be made; else they have to be of this version.
 * @throws ApiError STORE_TOO_NEW; STORE_UNAVAILABLE for tables that are not up to date, and where pgvector,
 *   UTF-8 or a privilege is missing.
 */
export async function migrate(
  { transaction, unlimited }: Transactions,
  address: string,
  isAllowed: boolean,
): Promise<void> {
  const newest = MIGRATIONS.length;
  const isUpToDate = await transaction(async (connection) => {
    const version = await versionOf(connection, address);
    if (version === newest) await checkServer(connection, address);
    else if (!isAllowed) {
      throw unusable(
        `tables of version ${newest}, got ${version}: run clipql migrate (${address})`,
      );
    }
    return version === newest;
  });
  if (isUpToDate) return;
  await unlimited(async (connection) => {
    // Whoever comes second waits here, and finds nothing left to do.
    await connection.run('SELECT pg_advisory_xact_lock($1)', LOCK);
    const version = await versionOf(connection, address);
    if (version < newest) await apply(connection, version);
    await checkServer(connection, address);
  });
}

async function apply(connection: Connection, version: number): Promise<void> {
  const extension = "SELECT 1 FROM pg_extension WHERE extname = 'vector'";
  // Where it is there already, no privilege is needed.
  if ((await connection.first(extension)) === undefined) {
    await connection.run('CREATE EXTENSION IF NOT EXISTS vector').catch((cause: Error) => {
      throw unusable(
        `the extension pgvector, which a superuser adds with CREATE EXTENSION vector, got: ${cause.message}`,
        cause,
      );
    });
  }
  await connection.run(
    'CREATE TABLE IF NOT EXISTS clipql_version (version integer NOT NULL, migrated_at timestamptz NOT NULL)',
  );
  for (const step of MIGRATIONS.slice(version)) await connection.run(step);
  await connection.run('DELETE FROM clipql_version');
  await connection.run(
    'INSERT INTO clipql_version (version, migrated_at) VALUES ($1, now())',
    MIGRATIONS.length,
  );
}

/** 0 where there are no tables yet. @throws ApiError STORE_TOO_NEW. */
async function versionOf(connection: Connection, address: string): Promise<number> {
  // `to_regclass` alone may answer from a cache of before the wait for the lock. Reading a table renews that.
  const table = "SELECT 1 FROM pg_class WHERE oid = to_regclass('clipql_version')";
  if ((await connection.first(table)) === undefined) return 0;
  const row = await connection.first<{ readonly version: number }>(
    'SELECT version FROM clipql_version',
  );
  const version = row?.version ?? 0;
  if (version <= MIGRATIONS.length) return version;
  throw new ApiError(
    'STORE_TOO_NEW',
    `expected a database of version ${MIGRATIONS.length} or older, got ${version}: ${address}`,
  );
}

async function checkServer(connection: Connection, address: string): Promise<void> {
  const server = await connection.first<{ readonly encoding: string; readonly pgvector: string }>(
    `SELECT current_setting('server_encoding') AS encoding, extversion AS pgvector
     FROM pg_extension WHERE extname = 'vector'`,
  );
  if (server === undefined) throw unusable(`the extension pgvector, got none (${address})`);
  const { encoding, pgvector } = server;
  if (encoding !== 'UTF8') throw unusable(`a database in UTF8, got ${encoding} (${address})`);
  const [major = 0, minor = 0] = pgvector.split('.').map(Number);
  if (major > PGVECTOR[0] || minor >= PGVECTOR[1]) return;
  throw unusable(`pgvector ${PGVECTOR.join('.')} or later, got ${pgvector} (${address})`);
}

const unusable = (expected: string, cause?: Error): ApiError =>
  new ApiError('STORE_UNAVAILABLE', `expected ${expected}`, { cause, retryable: false });
