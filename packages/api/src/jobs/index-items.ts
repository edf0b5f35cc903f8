import type { Collection } from '../collections/collection.ts';
import type { Item, Metadata } from '../collections/item.ts';
import { checkKey } from '../collections/item-key.ts';
import { checkMetadata } from '../collections/metadata.ts';
import type { CollectionStore } from '../collections/store.ts';
import { sourceName } from '../images/source-name.ts';
import { contentHash } from '../inference/content-hash.ts';
import type { ItemEmbedder } from './embed-item.ts';
import { itemError } from './embed-item.ts';
import type { ItemFetcher } from './fetch-item.ts';
import type { ItemReader, ReadItem } from './item-reader.ts';
import type { IndexWork } from './job.ts';
import type { JobItem } from './job-store.ts';
import type { Outcome, Recorder } from './recorder.ts';
import { StoreFailure } from './store-failure.ts';
import type { MakeThumbnail } from './thumbnails/make-thumbnail.ts';
import type { ProcessItem } from './work-through.ts';

export interface IndexItemsOptions {
  readonly collections: CollectionStore;
  readonly collection: Collection;
  readonly work: IndexWork;
  readonly reader: ItemReader;
  readonly fetcher: ItemFetcher;
  readonly embedder: ItemEmbedder;
  readonly recorder: Recorder;
  /** Undefined where none are wanted. */
  readonly makeThumbnail: MakeThumbnail | undefined;
}

/** INDEX: from a path or a URL to an item of the collection, unless it is there already. */
export async function indexItems(
  options: IndexItemsOptions,
  items: readonly JobItem[],
): Promise<ProcessItem> {
  const { collections, collection } = options;
  const kept = await collections.items(
    collection,
    items.map(({ key }) => key),
  );
  const known = new Map(kept.map((item) => [item?.key, item]));
  return (item, signal) => indexItem(options, item, known.get(item.key), signal);
}

async function indexItem(
  options: IndexItemsOptions,
  item: JobItem,
  known: Item | undefined,
  signal: AbortSignal,
): Promise<Outcome> {
  const { reader, fetcher, work, makeThumbnail } = options;
  const { folder } = work;
  const lacksThumbnail = makeThumbnail !== undefined && known?.hasThumbnail === false;
  const isAsGiven = known?.source === item.source && hasMetadata(known, item.metadata);
  if (known !== undefined && isAsGiven && !lacksThumbnail) {
    // Nothing to read: a file of the same size and time of change.
    const version = await reader.version(item.source, folder);
    const isSame =
      version !== undefined &&
      version.bytes === known.facts?.bytes &&
      version.modified === known.modified;
    if (isSame) return { isUnchanged: true };
  }
  try {
    // Before it is fetched and embedded in vain.
    checkKey(item.key, sourceName(item.source));
    if (item.metadata !== undefined) checkMetadata(item.key, item.metadata);
    return await fetcher.withItem(item, folder, signal, (read) =>
      indexBytes(options, item, known, read, signal),
    );
  } catch (error) {
    return { error: itemError(error, signal) };
  }
}

async function indexBytes(
  options: IndexItemsOptions,
  item: JobItem,
  known: Item | undefined,
  { bytes, modified }: ReadItem,
  signal: AbortSignal,
): Promise<Outcome> {
  const { embedder, recorder, makeThumbnail } = options;
  const hash = Buffer.from(await contentHash(bytes), 'base64').toString('hex');
  const { key } = item;
  const source = sourceName(item.source);
  const facts = { key, source, contentHash: hash, modified };
  if (known?.contentHash === hash) {
    const kept = await keptVector(options, known).catch(StoreFailure.raise);
    if (kept !== undefined) {
      const thumbnail = kept.thumbnail ?? (await newThumbnail(options, item, bytes, signal));
      const isAsGiven =
        known.source === source &&
        known.modified === modified &&
        hasMetadata(known, item.metadata) &&
        thumbnail === kept.thumbnail;
      if (isAsGiven) return { isUnchanged: true };
      const metadata = item.metadata ?? known.metadata;
      return { isUnchanged: true, item: { ...known, ...facts, metadata, ...kept, thumbnail } };
    }
  }
  const encoded = await embedder.embed(bytes, signal, () =>
    recorder.begin(item.seq).catch(StoreFailure.raise),
  );
  const thumbnail = await makeThumbnail?.(bytes, signal);
  return {
    isUnchanged: false,
    item: {
      ...facts,
      facts: encoded.facts as Item['facts'],
      metadata: item.metadata ?? known?.metadata ?? {},
      thumbnail,
      embedding: encoded.direction,
    },
  };
}

/** Of an image that is embedded already; undefined where none is wanted or to be had. */
async function newThumbnail(
  { recorder, makeThumbnail }: IndexItemsOptions,
  { seq }: JobItem,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  if (makeThumbnail === undefined) return undefined;
  await recorder.begin(seq).catch(StoreFailure.raise);
  return makeThumbnail(bytes, signal);
}

/** An item's vector and thumbnail, as they are; undefined where they were removed meanwhile. */
async function keptVector(
  { collections, collection }: IndexItemsOptions,
  { row, key, hasThumbnail }: Item,
) {
  const [embedding] = await collections.vectors(collection, [row]);
  if (embedding === undefined) return undefined;
  const thumbnail = hasThumbnail ? await collections.thumbnail(collection, key) : undefined;
  return { embedding, thumbnail };
}

function hasMetadata(known: Item, wanted: Metadata | undefined): boolean {
  return wanted === undefined || canonical(wanted) === canonical(known.metadata);
}

const canonical = (metadata: Metadata): string =>
  JSON.stringify(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));
