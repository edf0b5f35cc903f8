import { type Lock, tryLock } from '@clipql/core/node';
import { ApiError } from '../errors/api-error.ts';

/** A file that is written, and the one beside it that says who writes it. */
export interface LockedOutput {
  readonly out: string;
  readonly lock: string;
}

/**
 * Keeps a second process out of an output.
 *
 * @throws ApiError OUTPUT_BUSY where another process writes it; what the file system does.
 */
export async function lockOutput({ out, lock: path }: LockedOutput): Promise<Lock> {
  const lock = await tryLock(path);
  if ('release' in lock) return lock;
  const writer = lock.pid === 0 ? 'another process' : `process ${lock.pid} of ${lock.host}`;
  throw new ApiError('OUTPUT_BUSY', `${writer} is writing ${out}`);
}
