import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/** Whether a file is what {@link writeAtomically} left when it was killed. */
export const isHalfWritten = (name: string): boolean => /\.[0-9a-f-]{36}\.tmp$/.test(name);

/** Writes a file whole or not at all, also when the process or the machine dies meanwhile. */
export async function writeAtomically(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
