import { readFile, stat } from 'node:fs/promises';
import { ApiError } from '../errors/api-error.ts';
import { checkImageBytes } from '../limits/images.ts';

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
    throw error instanceof ApiError ? error : unreadable(reasonOf(error, path), error);
  }
}

function unreadable(reason: string, cause?: unknown): ApiError {
  return new ApiError('IMAGE_FILE_UNREADABLE', `expected an image file, got ${reason}`, { cause });
}

function reasonOf(error: unknown, path: string): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
  if (code !== 'ENOENT') return `one that cannot be read (${code})`;
  // Node reads what is no UTF-8 as this character, and finds no such name again.
  return path.includes('\ufffd') ? 'one whose name is not UTF-8' : 'no such file';
}
