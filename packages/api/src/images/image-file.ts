import { readFile, stat } from 'node:fs/promises';
import { ApiError } from '../errors.ts';
import { checkImageBytes } from '../limits.ts';

/**
 * A local image file; errors leave it to the caller to name it. For the command line alone: no path comes from the API.
 *
 * @throws ApiError IMAGE_FILE_UNREADABLE when there is no such file or it cannot be read,
 *   IMAGE_TOO_LARGE for more than `maxBytes`.
 */
export async function readImageFile(path: string, maxBytes: number): Promise<Uint8Array> {
  try {
    // Opening comes second: a named pipe that nobody writes to would not open.
    const stats = await stat(path);
    if (stats.isDirectory()) throw unreadable('a folder');
    if (!stats.isFile()) throw unreadable('no regular file');
    checkImageBytes(stats.size, maxBytes);
    return await readFile(path);
  } catch (error) {
    throw error instanceof ApiError ? error : unreadable(reasonOf(error), error);
  }
}

function unreadable(reason: string, cause?: unknown): ApiError {
  return new ApiError('IMAGE_FILE_UNREADABLE', `expected an image file, got ${reason}`, { cause });
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
  return code === 'ENOENT' ? 'no such file' : `one that cannot be read (${code})`;
}
