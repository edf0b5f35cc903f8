import { backup, DatabaseSync } from 'node:sqlite';
import { writeNewFile } from '../files/new-file.ts';

/** All pages in one step: in several, it would begin again whenever somebody writes. */
const ALL_PAGES = 2 ** 31 - 1;

/**
 * Writes a copy of the database as it is now, while others read and write.
 *
 * @throws ApiError OUTPUT_EXISTS, OUTPUT_UNWRITABLE.
 */
export async function backupFile(file: string, target: string): Promise<void> {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    await writeNewFile(target, async (path) => {
      await backup(db, path, { rate: ALL_PAGES });
    });
  } finally {
    db.close();
  }
}
