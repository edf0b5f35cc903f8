import { createHash } from 'node:crypto';
import type { Dirent, Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { ApiError } from '../errors.ts';

/** Names that are taken for images in a folder; what they hold, the decoder says. */
const IMAGE_NAME = /\.(?:png|jpe?g|gif|webp|avif)$/i;

/**
 * The images in a folder and the folders within it, by their endings, in the order of their paths'
 * characters. Hidden files and folders are passed over, and links to folders not followed.
 *
 * @returns paths from the folder on, with `/`.
 * @throws ApiError NO_IMAGES for a folder without any, or that cannot be read.
 */
export async function imagesInFolder(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  const walk = async (path: string): Promise<void> => {
    for (const entry of await entriesOf(join(folder, path))) {
      if (entry.name.startsWith('.')) continue;
      const name = posix.join(path, entry.name);
      if (entry.isDirectory()) await walk(name);
      else if (IMAGE_NAME.test(entry.name)) found.push(name);
    }
  };
  await walk('');
  if (found.length === 0) {
    throw new ApiError(
      'NO_IMAGES',
      `${folder}: expected files that end in .png, .jpg, .jpeg, .gif, .webp or .avif, got none`,
    );
  }
  return found.sort((a, b) => (a < b ? -1 : 1));
}

/** A hash that changes when an image's name, size or time of change does. */
export async function fingerprintOf(folder: string, files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    const stats: Partial<Stats> = await stat(join(folder, file)).catch(() => ({}));
    hash.update(`${JSON.stringify([file, stats.size, stats.mtimeMs])}\n`);
  }
  return hash.digest('hex');
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const got = code === 'ENOENT' ? 'none there' : `one that cannot be read (${code})`;
    throw new ApiError('NO_IMAGES', `${folder}: expected a folder of images, got ${got}`, {
      cause: error,
    });
  }
}
