import { readFile, rm, writeFile } from 'node:fs/promises';
import { ApiError } from '../errors/api-error.ts';

/**
 * Keeps a second process out. A process that was killed leaves its lock, which then counts for
 * nothing.
 *
 * @throws ApiError OUTPUT_BUSY where a living process holds it.
 */
export async function lock(path: string): Promise<void> {
  for (;;) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(await readFile(path, 'utf8').catch(() => ''));
    if (isAlive(holder)) {
      throw new ApiError(
        'OUTPUT_BUSY',
        `process ${holder} is writing this output; if it is not, remove ${path}`,
      );
    }
    await rm(path, { force: true });
  }
}

/** In a container every process may have the same number, which then is that of an earlier run. */
function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid < 1 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
