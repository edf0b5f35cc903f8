import { ApiError } from '../errors/api-error.ts';
import type { ApiErrorCode } from '../errors/error-codes.ts';

/** https://sqlite.org/rescode.html: the low byte of a result code is its kind. */
const CODES: ReadonlyMap<number, ApiErrorCode> = new Map([
  [5, 'STORE_UNAVAILABLE'], // busy
  [6, 'STORE_UNAVAILABLE'], // locked
  [7, 'STORE_UNAVAILABLE'], // no memory
  [8, 'STORE_UNAVAILABLE'], // read-only
  [10, 'STORE_UNAVAILABLE'], // input or output
  [11, 'STORE_DAMAGED'],
  [13, 'STORE_FULL'],
  [14, 'STORE_UNAVAILABLE'], // cannot open
  [26, 'STORE_DAMAGED'], // no database
]);

/** The index of the write-ahead log cannot grow, which a full disk looks like when a file is opened. */
const IOERR_SHMSIZE = 4874;

/** What SQLite threw, as this package says it; other errors are given back as they are. */
export function storeError(error: unknown, file: string): unknown {
  if (!(error instanceof Error && 'errcode' in error)) return error;
  const number = Number(error.errcode);
  const code = number === IOERR_SHMSIZE ? 'STORE_FULL' : CODES.get(number & 0xff);
  if (code === undefined) return error;
  return new ApiError(code, `expected ${EXPECTED[code]}, got: ${error.message} (${file})`, {
    cause: error,
  });
}

/** For what would be written to a file that nobody can open again. */
export const fileIsGone = (file: string): ApiError =>
  new ApiError(
    'STORE_UNAVAILABLE',
    `expected the database file that was opened, got none or another: ${file}; restart ClipQL once its folder is there`,
  );

const EXPECTED: Partial<Record<ApiErrorCode, string>> = {
  STORE_UNAVAILABLE: 'a database that can be read and written now',
  STORE_DAMAGED: 'a sound database',
  STORE_FULL: 'room on the disk for the database',
};
