import { once } from 'node:events';
import type { SearchHit } from '../../answers/search/hit-page.ts';
import type { Collection } from '../../collections/collection.ts';
import { inOrder } from '../../embedding-file/in-order.ts';
import { createThumbnails, type Thumbnails } from '../../jobs/thumbnails/make-thumbnail.ts';
import { contactSheet, type SheetHeading } from './contact-sheet.ts';
import type { LocalStore } from './local-store.ts';

/** Files that are read at a time; their pictures are made one after the other. */
const AT_ONCE = 4;

/** Writes a page of what was found to standard output. Pictures that are not kept are made now. */
export async function writeSheet(
  store: LocalStore,
  collection: Collection,
  hits: readonly SearchHit[],
  heading: SheetHeading,
): Promise<void> {
  const thumbnails = createThumbnails(false);
  try {
    const draw = async (hit: SearchHit) => ({
      hit,
      thumbnail: await thumbnailOf(store, collection, hit, thumbnails),
    });
    const pictures = inOrder(hits, draw, { atOnce: AT_ONCE, ahead: 2 * AT_ONCE });
    for await (const part of contactSheet(heading, pictures)) {
      if (!process.stdout.write(part)) await once(process.stdout, 'drain');
    }
  } finally {
    await thumbnails.close();
  }
}

/** Undefined for an image that is no longer there. */
async function thumbnailOf(
  { collections, readImage }: LocalStore,
  collection: Collection,
  { item: { key, source, hasThumbnail } }: SearchHit,
  { make }: Thumbnails,
): Promise<Uint8Array | undefined> {
  const kept = hasThumbnail ? await collections.thumbnail(collection, key) : undefined;
  if (kept !== undefined) return kept;
  const { signal } = new AbortController();
  const bytes = await readImage(source, signal).catch(() => undefined);
  return bytes && make(bytes, signal);
}
