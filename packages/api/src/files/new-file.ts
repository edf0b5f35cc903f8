import { randomUUID } from 'node:crypto';
import { access, open, rename, rm } from 'node:fs/promises';
import { ApiError } from '../errors/api-error.ts';

/**
 * Makes a file that appears when it is whole, and is on the disk then.
 *
 * @param write fills the file at the path that it is given, or makes it.
 * @throws ApiError OUTPUT_EXISTS; OUTPUT_UNWRITABLE for what the file system raises; what `write` throws.
 */
export async function writeNewFile(
  target: string,
  write: (path: string) => Promise<void>,
): Promise<void> {
  const isThere = await access(target).then(
    () => true,
    () => false,
  );
  if (isThere) throw new ApiError('OUTPUT_EXISTS', `expected a new file, got ${target}`);
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    await write(temporary);
    const written = await open(temporary, 'r+');
    await written.sync().finally(() => written.close());
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    if (error instanceof ApiError || !(error instanceof Error && 'code' in error)) throw error;
    throw new ApiError('OUTPUT_UNWRITABLE', `expected to write ${target}, got: ${error.message}`, {
      cause: error,
    });
  }
}
