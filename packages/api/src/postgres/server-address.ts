import { ApiError } from '../errors/api-error.ts';

/** Whether a text is the address of a PostgreSQL database: `postgres://user:password@host:port/database`. */
export function isPostgresUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^postgres(ql)?:$/.test(url.protocol);
}

/** A database as messages name it, without user and password: `db.internal:5432/clipql`. */
export function shownAddress(text: string): string {
  const url = URL.parse(text);
  if (url === null || !isPostgresUrl(text)) {
    throw new ApiError('BAD_OPTION', 'expected an address postgres://host/database, got another');
  }
  // A socket stands in the query: `postgres:///clipql?host=/run/postgresql`.
  const host = url.host || (url.searchParams.get('host') ?? 'localhost');
  return `${host}${url.pathname.length > 1 ? url.pathname : ''}`;
}
