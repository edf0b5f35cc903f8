import { randomUUID } from 'node:crypto';
import { access, open, rename, rm } from 'node:fs/promises';
import { backup, DatabaseSync } from 'node:sqlite';
import { ApiError } from '../errors/api-error.ts';

/** All pages in one step: in several, it would begin again whenever somebody writes. */
const ALL_PAGES = 2 ** 31 - 1;

/**
 * Writes a copy of the database as it is now, while others read and write.
 *
 * @throws ApiError OUTPUT_EXISTS, OUTPUT_UNWRITABLE.
 */
export async function backupFile(file: string, target: string): Promise<void> {
  const isThere = await access(target).then(
    () => true,
    () => false,
  );
  if (isThere) throw new ApiError('OUTPUT_EXISTS', `expected a new file, got ${target}`);
  const temporary = `${target}.${randomUUID()}.tmp`;
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    await backup(db, temporary, { rate: ALL_PAGES });
    const written = await open(temporary, 'r+');
    await written.sync();
    await written.close();
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new ApiError('OUTPUT_UNWRITABLE', `expected to write ${target}, got: ${reason}`, {
      cause: error,
    });
  } finally {
    db.close();
  }
}
