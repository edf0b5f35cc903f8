import { ApiError } from '../errors/api-error.ts';
import type { ApiErrorCode } from '../errors/error-codes.ts';
import { oneLine } from '../errors/one-line.ts';

interface Meaning {
  readonly code: ApiErrorCode;
  readonly expected: string;
  /** Whether the same may succeed later; the code tells unless given. */
  readonly retryable?: false;
}

const AWAY: Meaning = { code: 'STORE_UNAVAILABLE', expected: 'a database that answers now' };
const FULL: Meaning = { code: 'STORE_FULL', expected: 'room on the disk of the database' };
const DAMAGED: Meaning = { code: 'STORE_DAMAGED', expected: 'a sound database' };

/** What no retry mends. */
const wrong = (expected: string): Meaning => ({
  code: 'STORE_UNAVAILABLE',
  expected,
  retryable: false,
});
const PGVECTOR = wrong('a database with the extension pgvector, 0.7 or later');

/** https://www.postgresql.org/docs/16/errcodes-appendix.html, by the whole code, or by its class. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ['08', AWAY], // connection exceptions
  ['25006', AWAY], // a standby, until it takes over
  ['25P03', AWAY], // a transaction that rested for too long
  ['3D000', wrong('a database that exists')],
  ['28', wrong('a user who may connect to the database')],
  ['40', AWAY], // deadlocks and lost serializations
  ['42501', wrong('a user who may create and write tables in the schema')],
  ['3F000', wrong('a schema to create tables in')],
  ['42704', PGVECTOR], // no such type
  ['0A000', PGVECTOR], // an extension that is not installed
  ['58P01', PGVECTOR], // its files are not there
  ['53100', FULL],
  ['53', AWAY], // too little memory, too many connections
  ['54', wrong('a statement within the limits of the database')],
  ['55', AWAY], // locked, or changing its state
  ['57', AWAY], // shut down, crashed, starting, cancelled
  ['58', AWAY], // input or output
  ['XX001', DAMAGED],
  ['XX002', DAMAGED],
]);

/** Texts that PostgreSQL cannot keep: NUL, and halves of characters. */
const NO_TEXT = new Set(['22021', '22P05']);

/** What Node says of a connection, and what `pg` says without a code. */
const NO_CONNECTION =
  /^(ECONN\w+|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|EACCES)$/;
const NO_PASSWORD = /client password must be/;
const OF_PG =
  /^(Connection terminated|timeout exceeded|timeout expired|Query read timeout|Client (has|was)|Cannot use a pool)/;

/** Seconds until a database that is away is asked for again. */
const RETRY_AFTER = 2;

/**
 * What `pg` or PostgreSQL threw, as this package says it; other errors are given back as they are.
 *
 * @param address as `shownAddress` has it.
 */
export function storeError(error: unknown, address: string): unknown {
  if (!(error instanceof Error) || error instanceof ApiError) return error;
  if (NO_TEXT.has(codeOf(error))) {
    // Callers get to read it, and learn nothing of the database.
    const message = 'expected texts in Unicode without NUL, got another';
    return new ApiError('BAD_INPUT', message, { cause: error });
  }
  const meaning = meaningOf(error);
  if (meaning === undefined) return error;
  const { code, expected, retryable } = meaning;
  // Several addresses of a host that all refuse have no message of their own.
  const got = oneLine(error.message || codeOf(error));
  return new ApiError(code, `expected ${expected}, got: ${got} (${address})`, {
    cause: error,
    ...(meaning === AWAY ? { retryAfter: RETRY_AFTER } : {}),
    ...(retryable === undefined ? {} : { retryable }),
  });
}

/** Whether it may be there later, as it is. */
export const isAway = (error: unknown): boolean =>
  error instanceof ApiError && error.code === 'STORE_UNAVAILABLE' && error.retryable !== false;

function meaningOf(error: Error): Meaning | undefined {
  const code = codeOf(error);
  if (/^[0-9A-Z]{5}$/.test(code) && 'severity' in error) {
    return MEANINGS.get(code) ?? MEANINGS.get(code.slice(0, 2));
  }
  if (NO_PASSWORD.test(error.message)) {
    return wrong('a password, in the address of the database or in PGPASSWORD');
  }
  return NO_CONNECTION.test(code) || OF_PG.test(error.message) ? AWAY : undefined;
}

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : '');
