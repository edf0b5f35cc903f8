import { opendir } from 'node:fs/promises';
import { extname, join, posix } from 'node:path';
import { IMAGE_FORMATS } from '@clipql/core';
import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';
import { shorten, withoutCommands } from '../errors/one-line.ts';
import { sortedInSlices } from './sort-in-slices.ts';

/** Endings of names that are taken for images in a folder; what they hold, the decoder says. */
export const IMAGE_ENDINGS: ReadonlySet<string> = new Set(
  IMAGE_FORMATS.flatMap(({ endings }) => endings),
);

/** What a folder has. */
export interface ImageFolder {
  /** Paths from the folder on, with `/`. */
  readonly files: readonly string[];
  readonly failures: readonly FolderFailure[];
  /** What its files with other endings are, in words: `2 .heic, 1 without an ending`; empty for none. */
  readonly passedOver: string;
}

/** A folder that was passed over. */
interface FolderFailure {
  /** From the folder asked for on, with `/`; empty for that one itself. */
  readonly folder: string;
  /** NO_IMAGES where there is no such folder or nothing in it, else FOLDER_UNREADABLE. */
  readonly error: ApiError;
}

/**
 * The images in a folder and the folders within it, by their endings, in the order of their paths'
 * characters. Hidden files and folders are passed over, and links to folders not followed. A folder
 * that cannot be read costs its own images alone.
 */
export async function imagesInFolder(folder: string): Promise<ImageFolder> {
  const files: string[] = [];
  const failures: FolderFailure[] = [];
  const others = new Map<string, number>();
  const walk = async (path: string): Promise<void> => {
    const within: string[] = [];
    try {
      for await (const entry of await opendir(join(folder, path), { bufferSize: ENTRIES })) {
        if (entry.name.startsWith('.')) continue;
        const name = posix.join(path, entry.name);
        const ending = extname(entry.name).toLowerCase();
        if (entry.isDirectory()) within.push(name);
        else if (IMAGE_ENDINGS.has(ending)) files.push(name);
        else others.set(ending, (others.get(ending) ?? 0) + 1);
      }
    } catch (error) {
      failures.push({ folder: path, error: unreadable(error as NodeJS.ErrnoException) });
    }
    for (const name of within) await walk(name);
  };
  await walk('');
  const passedOver = describeEndings(others);
  if (files.length === 0 && failures.length === 0) {
    const expected = `expected files that end in ${[...IMAGE_ENDINGS].join(', ')}`;
    const error = new ApiError('NO_IMAGES', `${expected}, got ${passedOver || 'none'}`);
    failures.push({ folder: '', error });
  }
  return { files: await sortedInSlices(files), failures, passedOver };
}

/** Of a folder, that are read in one turn of the event loop. */
const ENTRIES = 1_000;

/** Endings that are named one by one; those of other files are counted together. */
const NAMED_ENDINGS = 8;

/** The most frequent first. */
function describeEndings(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const named = sorted
    .slice(0, NAMED_ENDINGS)
    .map(
      ([ending, count]) =>
        `${grouped(count)} ${withoutCommands(shorten(ending, 20)) || 'without an ending'}`,
    );
  const rest = sorted.slice(NAMED_ENDINGS).reduce((sum, [, count]) => sum + count, 0);
  return [...named, ...(rest > 0 ? [`${grouped(rest)} with other endings`] : [])].join(', ');
}

/** Says which files of a folder were not taken for images. */
export const passedOverWarning = (folder: string, passedOver: string): string =>
  `${folder} has files that were passed over, by their endings: ${passedOver}`;

function unreadable(cause: NodeJS.ErrnoException): ApiError {
  const got = { ENOENT: 'none of this name', ENOTDIR: 'a file' }[String(cause.code)];
  return got === undefined
    ? new ApiError('FOLDER_UNREADABLE', `expected a folder that can be read, got ${cause.code}`, {
        cause,
      })
    : new ApiError('NO_IMAGES', `expected a folder of images, got ${got}`, { cause });
}
