import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writePng } from '../../../core/src/image/testing/png-writer.ts';

/** The row of the file that is no image. */
export const BAD_IMAGE = 7;

/**
 * Writes images that all differ, in two folders, and one file that is not an image.
 *
 * @returns their paths from the folder on, in the order in which `clipql embed` takes them.
 */
export async function writeImageFolder(folder: string, count: number): Promise<readonly string[]> {
  const files = Array.from({ length: count }, (_, i) => {
    const half = i < count / 2 ? 'a' : 'b';
    return `${half}/${String(i).padStart(6, '0')}.png`;
  });
  for (const [i, file] of files.entries()) {
    await mkdir(join(folder, dirname(file)), { recursive: true });
    await writeFile(join(folder, file), i === BAD_IMAGE ? 'this is no image' : picture(i));
  }
  return files;
}

/**
 * Makes folders within a folder, down to one whose path is longer than the system takes, so that not
 * even root can read it by its path.
 *
 * @returns removes the outermost.
 */
export async function nestTooDeep(folder: string): Promise<() => void> {
  await mkdir(folder);
  const nest = `
    const name = 'x'.repeat(240);
    for (let depth = 0; depth < 20; depth++) {
      fs.mkdirSync(name);
      process.chdir(name);
    }`;
  execFileSync(process.execPath, ['-e', nest], { cwd: folder });
  return () => void execFileSync('rm', ['-r', folder]);
}

/** Small, so that writing two thousand takes seconds. */
function picture(seed: number): Uint8Array {
  return writePng({
    width: 24 + (seed % 9),
    height: 16 + (seed % 7),
    colourType: 2,
    bitDepth: 8,
    pixel: (x, y) => [x * (1 + (seed % 7)), y * 9 + seed, x * y + seed * 13].map((v) => v & 255),
  });
}
