import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { open, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEBIBYTE = 2 ** 20;
/** A cluster that is new has 40 MB, and its log up to 80. */
const DISK = 200 * MEBIBYTE;

/** A disk that a test can fill. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all the room that is left. @returns gives it back. */
  fill(): Promise<() => Promise<void>>;
  remove(): Promise<void>;
}

/** A disk in memory. @returns undefined where this process may make none. */
export function mountSmallDisk(): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'clipql-disk-'));
  try {
    const options = `size=${DISK},mode=755`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return {
    folder,
    fill: async () => {
      const path = join(folder, 'filler');
      const file = await open(path, 'w');
      try {
        for (const zeros = Buffer.alloc(MEBIBYTE / 4); ; ) await file.write(zeros);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        await file.close();
      }
      return () => rm(path);
    },
    remove: async () => {
      execFileSync('umount', ['--lazy', folder]);
      await rmdir(folder);
    },
  };
}
