import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Collection } from '../../collections/collection.ts';
import type { Item } from '../../collections/item.ts';
import { itemsByKey } from '../../collections/items-by-key.ts';
import type { CollectionStore } from '../../collections/store.ts';
import { type ImageFolder, imagesInFolder } from '../../images/image-folder.ts';

/** Files that are asked for at a time. */
const AT_ONCE = 64;

/** A file that the collection has not as it is. */
export interface ChangedFile {
  readonly path: string;
  /** When it was last changed, or moved here, in milliseconds since 1970. */
  readonly changedAt: number;
}

/** How a folder differs from what a collection has of it. */
export interface FolderChanges extends Pick<ImageFolder, 'failures' | 'passedOver'> {
  /** New ones, and those of another size or time of change. */
  readonly changed: readonly ChangedFile[];
  /** Paths of files that are no longer there. */
  readonly gone: readonly string[];
}

/**
 * Compares a folder with a collection, by its files' sizes and times of change. What lies in a folder that
 * cannot be read, or in one without any image, counts as unchanged: a disk may be missing.
 *
 * @param folder an absolute path.
 * @param thumbnails whether a file whose thumbnail is not kept counts as changed.
 */
export async function folderChanges(
  store: CollectionStore,
  collection: Collection,
  folder: string,
  thumbnails: boolean,
): Promise<FolderChanges> {
  const { files, failures, passedOver } = await imagesInFolder(folder);
  const known = await knownFiles(store, collection, folder);
  const changed: ChangedFile[] = [];
  for (let start = 0; start < files.length; start += AT_ONCE) {
    const some = files.slice(start, start + AT_ONCE).map((file) => join(folder, file));
    // What has just gone is for the job to report.
    const stats = await Promise.all(some.map((path) => stat(path).catch(() => undefined)));
    for (const [i, path] of some.entries()) {
      const file = known.get(path);
      if (isSame(file, stats[i]) && (file?.hasThumbnail || !thumbnails)) continue;
      const { mtimeMs = 0, ctimeMs = 0 } = stats[i] ?? {};
      changed.push({ path, changedAt: Math.max(mtimeMs, ctimeMs) });
    }
  }
  const listed = new Set(files.map((file) => join(folder, file)));
  const unread = failures.map((failure) => join(folder, failure.folder));
  const gone = [...known.keys()].filter(
    (path) => !listed.has(path) && !unread.some((one) => isWithin(path, one)),
  );
  return { failures, passedOver, changed, gone };
}

/** What a collection has of a file. */
interface KnownFile extends Pick<Item, 'modified' | 'hasThumbnail'> {
  readonly bytes: number | undefined;
}

const isSame = (known: KnownFile | undefined, stats: Stats | undefined): boolean =>
  stats !== undefined && known?.bytes === stats.size && known.modified === stats.mtimeMs;

/** What a collection has of a folder, by path. */
async function knownFiles(
  store: CollectionStore,
  collection: Collection,
  folder: string,
): Promise<ReadonlyMap<string, KnownFile>> {
  const known = new Map<string, KnownFile>();
  for await (const items of itemsByKey(store, collection)) {
    for (const { key, modified, hasThumbnail, facts } of items) {
      if (isWithin(key, folder)) known.set(key, { modified, hasThumbnail, bytes: facts?.bytes });
    }
  }
  return known;
}

/** Whether a path is a folder's own, or lies in it. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(within(folder));

/** What the paths of files in a folder begin with. */
const within = (folder: string): string => (folder.endsWith(sep) ? folder : `${folder}${sep}`);
