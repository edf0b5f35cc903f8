import { existsSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ApiError } from '../../errors/api-error.ts';
import { isPostgresUrl } from '../../postgres/server-address.ts';

/** @throws ApiError BAD_OPTION unless there is a store to copy from, and another to copy to. */
export function checkPlaces(from: string, to: string): void {
  for (const [flag, place] of Object.entries({ '--from': from, '--to': to })) {
    if (place.trim() !== '') continue;
    throw badOption(
      `expected ${flag} as a data folder or a database, got ${JSON.stringify(place)}`,
    );
  }
  if (!isPostgresUrl(from) && !existsSync(join(from, 'clipql.db'))) {
    throw badOption(`expected --from as a data folder or a database, got ${from}`);
  }
  if (comparable(from) === comparable(to)) {
    throw badOption('expected --to as another store than --from, got the same');
  }
}

const POSTGRES_PORT = '5432';

/** The same for two ways of naming a place; a password does not tell stores apart. */
function comparable(place: string): string {
  if (!isPostgresUrl(place)) return existsSync(place) ? realpathSync(place) : resolve(place);
  const { username, hostname, port, pathname, searchParams } = new URL(place);
  searchParams.sort();
  return JSON.stringify([
    ...[username, hostname.toLowerCase(), port || POSTGRES_PORT, pathname],
    searchParams.toString(),
  ]);
}

const badOption = (message: string) => new ApiError('BAD_OPTION', message);
