import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { ApiError } from '../errors/api-error.ts';
import { expectNew } from './expect-new.ts';

/**
 * Makes a file that appears when it is whole, and is on the disk then.
 *
 * @param write fills the file at the path that it is given, which is empty.
 * @throws ApiError OUTPUT_EXISTS; OUTPUT_UNWRITABLE for what the file system raises; what `write` throws.
 */
export async function writeNewFile(
  target: string,
  write: (path: string) => Promise<void>,
): Promise<void> {
  await expectNew(target);
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await write(temporary);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    if (error instanceof ApiError || !(error instanceof Error && 'code' in error)) throw error;
    throw new ApiError('OUTPUT_UNWRITABLE', `expected to write ${target}, got: ${error.message}`, {
      cause: error,
    });
  }
}
