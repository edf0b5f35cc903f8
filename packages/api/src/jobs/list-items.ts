import { join } from 'node:path';
import type { Collection } from '../collections/collection.ts';
import { itemsByKey } from '../collections/items-by-key.ts';
import type { CollectionStore } from '../collections/store.ts';
import { imagesInFolder } from '../images/image-folder.ts';
import type { NewJobItem } from './job.ts';

/** Items that are written to the store at a time. */
const BATCH = 1_000;

/**
 * The images in a folder and those within it, each known by its path. A folder within it that cannot be
 * read is an item as well, which fails.
 *
 * @throws ApiError NO_IMAGES or FOLDER_UNREADABLE for the folder itself.
 */
export async function* listFolder(folder: string): AsyncGenerator<readonly NewJobItem[]> {
  const { files, failures } = await imagesInFolder(folder);
  const own = failures.find((failure) => failure.folder === '');
  if (own !== undefined) throw own.error;
  const unreadable = failures.map((failure) => failure.folder);
  for (const names of inBatches([...files, ...unreadable])) {
    yield names.map((name) => {
      const path = join(folder, name);
      return { key: path, source: path, metadata: undefined };
    });
  }
}

/** All items of a collection, to be read again from where they came. */
export async function* collectionItems(
  collections: CollectionStore,
  collection: Collection,
): AsyncGenerator<readonly NewJobItem[]> {
  for await (const items of itemsByKey(collections, collection)) {
    yield items.map(({ key, source }) => ({ key, source, metadata: undefined }));
  }
}

/** In batches of what a transaction takes. */
export function* inBatches<T>(items: readonly T[], size = BATCH): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
