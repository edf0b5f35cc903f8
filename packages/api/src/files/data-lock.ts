import { join } from 'node:path';
import { type Lock, tryLock } from '@clipql/core/node';
import { ApiError } from '../errors/api-error.ts';
import { LOCK_FILE } from './data-folders.ts';

interface LockOptions {
  /** The folder in there that is locked; all of it unless given. */
  readonly part?: string;
  /** Of the command, that names the folder; `--data` unless given. */
  readonly option?: string;
}

/**
 * Keeps a second server out of a data folder.
 *
 * @throws ApiError DATA_BUSY where another server uses it; what the file system throws.
 */
export async function lockDataFolder(
  dataFolder: string,
  { part = '', option = '--data' }: LockOptions = {},
): Promise<Lock> {
  const lock = await tryLock(join(dataFolder, part, LOCK_FILE));
  if ('release' in lock) return lock;
  const user = lock.pid === 0 ? 'another server' : `process ${lock.pid} of ${lock.host}`;
  throw new ApiError(
    'DATA_BUSY',
    `expected ${option} as a folder of one server at a time, got ${dataFolder}, which ${user} uses`,
  );
}
