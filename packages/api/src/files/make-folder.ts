import { mkdir } from 'node:fs/promises';

/**
 * Makes a folder in one that is there, unless it is there itself. Node's recursive way never ends where the kernel keeps
 * the files, as in /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}
