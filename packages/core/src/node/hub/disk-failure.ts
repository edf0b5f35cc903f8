import { ClipError, grouped } from '../../errors.ts';
import type { RemoteFile } from './remote-file.ts';

const MOVE = 'free some, or set HF_HUB_CACHE to a folder on another disk; what has arrived is kept';

const FAILURES: Readonly<Record<string, string>> = {
  ENOSPC: `the disk is full: ${MOVE}`,
  EDQUOT: `the quota is used up: ${MOVE}`,
  EFBIG: 'the file system or a limit of the shell does not allow files of this size',
  EACCES: 'it cannot be written to; HF_HUB_CACHE names another folder',
  EPERM: 'it cannot be written to; HF_HUB_CACHE names another folder',
  EROFS: 'it is read-only; HF_HUB_CACHE names another folder',
};

/** A failed write as an error that says what to do; any other error as it is. */
export function diskFailure(
  error: unknown,
  folder: string,
  { name }: Pick<RemoteFile, 'name'>,
): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = FAILURES[code];
  if (error instanceof ClipError || reason === undefined) return error;
  return new ClipError(
    code === 'ENOSPC' || code === 'EDQUOT' ? 'DISK_FULL' : 'CACHE_UNUSABLE',
    `${folder}: ${name} cannot be written: ${reason}`,
    { cause: error },
  );
}

export function notEnoughSpace(folder: string, needed: number, free: number): ClipError {
  return new ClipError(
    'DISK_FULL',
    `${folder}: expected ${megabytes(needed)} of free space, got ${megabytes(free)}; ${MOVE}`,
  );
}

const megabytes = (bytes: number): string => `${grouped(Math.ceil(bytes / 1e6))} MB`;
