import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { ApiError } from '../errors/api-error.ts';
import { MIGRATIONS } from './migrations/steps.ts';
import { all, first } from './statements.ts';
import { transaction } from './transaction.ts';

/** `PRAGMA application_id`: “Clip”. */
const APPLICATION = 0x436c6970;

/** How long to wait for other processes that write, in ms. */
const BUSY_TIMEOUT = 10_000;

/** Of a file that is checked as a whole, which takes a second. Of larger ones the catalogue is. */
const MAX_CHECKED_BYTES = 256 * 2 ** 20;

/** Small, and what everything else is found by. */
const CATALOGUE = ['collections', 'vector_sets', 'fields'];

/** A connection to a database file. Any number of them, in any number of processes, may be open. */
export function connect(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT });
  // Vectors of 512 and 768 halves fill 88 and 94 % of such pages. Holds for new files alone.
  db.exec('PRAGMA page_size = 8192');
  db.exec('PRAGMA journal_mode = WAL');
  db.exec('PRAGMA synchronous = FULL');
  db.exec('PRAGMA cache_size = -32768');
  db.exec('PRAGMA journal_size_limit = 67108864');
  return db;
}

/**
 * Makes a database file, or brings an older one up to date.
 *
 * @throws ApiError STORE_DAMAGED, also for another program's file; STORE_TOO_NEW.
 */
export function prepareFile(db: DatabaseSync, file: string): void {
  transaction(db, 'IMMEDIATE', () => {
    const version = numberOf(db, 'PRAGMA user_version');
    const application = numberOf(db, 'PRAGMA application_id');
    const isNew = numberOf(db, 'SELECT count(*) FROM sqlite_schema') === 0;
    if (application !== APPLICATION && !isNew) {
      throw new ApiError('STORE_DAMAGED', `expected a database of ClipQL, got another: ${file}`);
    }
    if (version > MIGRATIONS.length) {
      throw new ApiError(
        'STORE_TOO_NEW',
        `expected a database of version ${MIGRATIONS.length} or older, got ${version}: ${file}`,
      );
    }
    if (version === MIGRATIONS.length) return;
    for (const step of MIGRATIONS.slice(version)) db.exec(step);
    db.exec(`PRAGMA application_id = ${APPLICATION}; PRAGMA user_version = ${MIGRATIONS.length}`);
  });
  checkFile(db, file);
}

function checkFile(db: DatabaseSync, file: string): void {
  const isSmall = statSync(file).size <= MAX_CHECKED_BYTES;
  const checks = isSmall
    ? ['PRAGMA quick_check(1)']
    : CATALOGUE.map((table) => `PRAGMA quick_check(${table})`);
  for (const check of checks) {
    const [found] = all<{ readonly quick_check: string }>(db, check);
    if (found?.quick_check !== 'ok') {
      const got = `${found?.quick_check} (${file})`;
      throw new ApiError('STORE_DAMAGED', `expected a sound database, got: ${got}`);
    }
  }
}

const numberOf = (db: DatabaseSync, sql: string): number =>
  Number(Object.values(first<object>(db, sql)!)[0]);
