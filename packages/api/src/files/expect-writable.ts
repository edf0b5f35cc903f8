import { randomUUID } from 'node:crypto';
import { open, rm, stat } from 'node:fs/promises';
import { writing } from './writing.ts';

/**
 * Finds out whether an output can be written, before the work that it is for.
 *
 * @throws ApiError OUTPUT_UNWRITABLE.
 */
export async function expectWritable(out: string): Promise<void> {
  await writing(out, async () => {
    const there = await stat(out).catch(() => undefined);
    if (there?.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    const trial = `${out}.${randomUUID()}.tmp`;
    await (await open(trial, 'wx')).close();
    await rm(trial);
  });
}
