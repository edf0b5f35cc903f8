import type { Collection } from '../collections/collection.ts';
import type { CollectionStore } from '../collections/store.ts';
import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';
import { type ItemEmbedder, itemError } from './embed-item.ts';
import type { ItemFetcher } from './fetch-item.ts';
import type { JobItem, JobStore } from './job-store.ts';
import type { Recorder } from './recorder.ts';
import { StoreFailure } from './store-failure.ts';
import type { ProcessItem } from './work-through.ts';

export interface ReembedItemsOptions {
  readonly collections: CollectionStore;
  readonly collection: Collection;
  readonly fetcher: ItemFetcher;
  readonly embedder: ItemEmbedder;
  readonly recorder: Recorder;
}

/** REEMBED: from an item's source to a vector of the next space. An image that has changed is embedded as it is now. */
export async function reembedItems(
  { collections, collection, fetcher, embedder, recorder }: ReembedItemsOptions,
  items: readonly JobItem[],
): Promise<ProcessItem> {
  const kept = await collections.items(
    collection,
    items.map(({ key }) => key),
  );
  const rows = new Map(kept.map((item) => [item?.key, item?.row]));
  return async (item, signal) => {
    const row = rows.get(item.key);
    // It was removed meanwhile.
    if (row === undefined) return { isUnchanged: true };
    try {
      return await fetcher.withItem(item, undefined, signal, async ({ bytes }) => {
        const begin = () => recorder.begin(item.seq).catch(StoreFailure.raise);
        const { direction } = await embedder.embed(bytes, signal, begin);
        return { vector: { row, embedding: direction } };
      });
    } catch (error) {
      return { error: itemError(error, signal) };
    }
  };
}

/** What is looked for at a time, beside what has failed. */
const BATCH = 1_000;

/**
 * Puts the new vectors in the place of the old ones, once all items have one.
 *
 * @returns whether they do; else what came meanwhile has been added to the job.
 * @throws ApiError REEMBEDDING_INCOMPLETE where nothing is left to try.
 */
export async function finishReembedding(
  collections: CollectionStore,
  jobs: JobStore,
  id: string,
  collection: Collection,
): Promise<boolean> {
  if ((await collections.finishReembedding(collection)) !== undefined) return true;
  const job = await jobs.get(id);
  const failed = job?.failed ?? 0;
  const missing = await collections.notReembedded(collection, failed + BATCH);
  const items = missing.map(({ key, source }) => ({ key, source, metadata: undefined }));
  await jobs.addItems(id, items);
  await jobs.setListed(id);
  const query = { after: 0, until: Number.MAX_SAFE_INTEGER, first: 1 };
  const [waiting] = await jobs.waiting(id, { ...query, suspects: false });
  if (waiting !== undefined) return false;
  const got = `${grouped(failed)} that failed`;
  throw new ApiError(
    'REEMBEDDING_INCOMPLETE',
    `expected new vectors for all items, got ${got}; the old ones answer until these are retried or deleted`,
  );
}
