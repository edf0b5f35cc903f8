import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Lock, type LockHolder, tryLock } from '@clipql/core/node';
import { ApiError } from '../errors/api-error.ts';

/**
 * Keeps a second server out of a data folder. The lock of one that was killed counts for nothing.
 *
 * @throws ApiError DATA_BUSY where another server uses it; what the file system throws.
 */
export async function lockDataFolder(dataFolder: string): Promise<Lock> {
  const path = join(dataFolder, 'server.lock');
  const lock = await tryLock(path);
  if ('release' in lock) return lock;
  throw new ApiError(
    'DATA_BUSY',
    `expected --data as a folder of one server at a time, got ${dataFolder}, which ${userOf(lock)}; if none does, remove ${path}`,
  );
}

const userOf = ({ pid, host }: LockHolder): string => {
  if (pid === 0) return 'another server uses';
  return host === hostname()
    ? `process ${pid} uses`
    : `process ${pid} of ${host} uses, or did a minute ago`;
};
