import { ApiError } from '../errors/api-error.ts';
import { oneLine } from '../errors/one-line.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is a file',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not write there',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full; with more room, the same command goes on where this one ended',
  EDQUOT: 'the quota is used up; with more room, the same command goes on where this one ended',
};

/**
 * Does what writes an output.
 *
 * @throws ApiError OUTPUT_UNWRITABLE for whatever the file system raises.
 */
export async function writing<T>(out: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error) || error instanceof ApiError) throw error;
    const reason = REASONS[String(error.code)] ?? oneLine(error.message);
    throw new ApiError('OUTPUT_UNWRITABLE', `cannot write ${out}: ${reason}`, { cause: error });
  }
}
