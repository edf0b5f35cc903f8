import type { RowSet, RowValues } from '@clipql/core';
import type { Owner } from '../access/owner.ts';
import type { Collection, VectorSpace } from './collection.ts';
import type { Filter } from './filter.ts';
import type { Item, KnownItem, Metadata, NewItem } from './item.ts';
import type { VectorSearch } from './vector-search.ts';

/** Texts are ordered by code point; items without a value come last, equal values by key. */
export interface Order {
  readonly by: 'key' | 'indexedAt' | { readonly field: string };
  readonly descending: boolean;
}

export interface PageQuery {
  readonly where?: Filter | undefined;
  /** Of these rows alone. */
  readonly rows?: RowSet | undefined;
  readonly orderBy: Order;
  readonly first: number;
  /** A cursor of a page in the same order. */
  readonly after?: string | undefined;
}

export interface Page {
  readonly items: readonly { readonly item: Item; readonly cursor: string }[];
  readonly hasNext: boolean;
}

/** How much is wanted of {@link EqualFiles}: all unless given. */
export interface EqualFilesQuery {
  readonly groups?: number | undefined;
  /** Of a group, beside its first item. */
  readonly members?: number | undefined;
}

/** Items whose files have the same bytes. */
export interface EqualFiles {
  /** Rows of each group in the order of keys; the largest group first, equally large ones by their first key. */
  readonly groups: readonly (readonly number[])[];
  /** How many groups there are. */
  readonly total: number;
}

/** What whoever keeps levels knows of those that are kept. */
export interface KeptLevels {
  /** The row of the last of them, −1 where there are none. Nothing is kept unless it is still the last. */
  readonly after: number;
  /** Whether the new ones take the place of all that are kept, rather than follow them. */
  readonly replace: boolean;
}

/** What an index has to take in, in this order. */
export interface ChangeBatch {
  /** Ascending. */
  readonly rows: Uint32Array;
  /** [rows, E] in half precision. */
  readonly vectors: Uint16Array;
  /** Rows that are gone; some may be unknown to the index. Undefined where that was too long ago: `missing` tells. */
  readonly removed: Uint32Array | undefined;
  /** What to go on from. */
  readonly seq: number;
}

/**
 * Where collections are kept. A write is done as a whole or not at all, and is durable when its
 * promise resolves. Collections are passed as they were found: methods throw UNKNOWN_COLLECTION for one
 * that was dropped since, and COLLECTION_MODEL_MISMATCH where vectors are meant and its space has changed.
 * All throw STORE_FULL, STORE_DAMAGED and STORE_UNAVAILABLE.
 */
export interface CollectionStore {
  /** @throws ApiError COLLECTION_EXISTS, TOO_MANY_COLLECTIONS; BAD_INPUT for its name. */
  create(owner: Owner, name: string, space: VectorSpace): Promise<Collection>;
  /** @throws ApiError UNKNOWN_COLLECTION. */
  find(owner: Owner, name: string): Promise<Collection>;
  /** By name. */
  list(owner: Owner): Promise<readonly Collection[]>;
  /** Those of all owners, the oldest first. */
  listAll(): Promise<readonly Collection[]>;
  /** @throws ApiError UNKNOWN_COLLECTION. */
  drop(owner: Owner, name: string): Promise<void>;

  /**
   * Adds items, or replaces those of the same keys.
   *
   * @throws ApiError BAD_METADATA, BAD_INPUT for an embedding that is not finite or of another length:
   *   no item is written then.
   */
  upsert(collection: Collection, items: readonly NewItem[]): Promise<void>;
  /** Replaces the metadata of those that are there. @throws ApiError BAD_METADATA. */
  setMetadata(
    collection: Collection,
    items: readonly { readonly key: string; readonly metadata: Metadata }[],
  ): Promise<void>;
  /** @returns how many were there. */
  remove(collection: Collection, keys: readonly string[]): Promise<number>;

  /** In the order of the keys; undefined for those that are not there. */
  items(collection: Collection, keys: readonly string[]): Promise<readonly (Item | undefined)[]>;
  itemsOfRows(
    collection: Collection,
    rows: ArrayLike<number>,
  ): Promise<readonly (Item | undefined)[]>;
  /** Those of the keys that are there. */
  known(collection: Collection, keys: readonly string[]): Promise<ReadonlyMap<string, KnownItem>>;
  /** Rows that pass. @throws ApiError BAD_FILTER. */
  select(collection: Collection, filter: Filter): Promise<RowSet>;
  /**
   * Stays in order while others write: what is not written meanwhile comes once, neither twice nor never.
   *
   * @throws ApiError BAD_FILTER; BAD_CURSOR for one of another order; BAD_INPUT for an unknown field.
   */
  page(collection: Collection, query: PageQuery): Promise<Page>;
  thumbnail(collection: Collection, key: string): Promise<Uint8Array | undefined>;
  /** Of vectors made elsewhere the files are not known. */
  equalFiles(collection: Collection, query: EqualFilesQuery): Promise<EqualFiles>;

  /** [E] each, from half precision. */
  vectors(
    collection: Collection,
    rows: ArrayLike<number>,
  ): Promise<readonly (Float32Array | undefined)[]>;
  /** What was written since; all there is from 0. Ends when it has caught up. */
  changes(collection: Collection, since: number): AsyncIterable<ChangeBatch>;
  /** Those of the rows that have no vector. */
  missing(collection: Collection, rows: Uint32Array): Promise<Uint32Array>;
  /** What upserts would make the collection of again, in chunks in the order of keys. */
  stored(collection: Collection): AsyncIterable<readonly NewItem[]>;

  /**
   * Begins to move to another space, or goes on if it is under way.
   *
   * @throws ApiError COLLECTION_MODEL_MISMATCH where it is on its way to yet another.
   */
  beginReembedding(collection: Collection, space: VectorSpace): Promise<Collection>;
  /** Up to so many items that have no vector of the next space yet. */
  notReembedded(collection: Collection, first: number): Promise<readonly Item[]>;
  /**
   * Vectors of the next space, by row. Those of rows that are gone, or that have one, are ignored.
   *
   * @throws ApiError COLLECTION_MODEL_MISMATCH unless the collection is on its way to this space.
   */
  setNextVectors(
    collection: Collection,
    space: VectorSpace,
    vectors: readonly { readonly row: number; readonly embedding: Float32Array }[],
  ): Promise<void>;
  /**
   * The next space answers from now on.
   *
   * @returns undefined where items are still without a vector of it.
   */
  finishReembedding(collection: Collection): Promise<Collection | undefined>;
  /** The old space stays. */
  cancelReembedding(collection: Collection): Promise<Collection>;

  /**
   * What search would have to compute again in each process. It knows a list of words by a name, which changes
   * with the words. Those of one list are kept, and those of others forgotten.
   *
   * @returns [words, E] in the space; undefined where nobody has kept them.
   */
  prompts(space: VectorSpace, words: string): Promise<Float32Array | undefined>;
  keepPrompts(space: VectorSpace, words: string, prompts: Float32Array): Promise<void>;
  /**
   * How much vectors are like the words: of all rows up to the last that was kept, a part after the other. Some of rows that
   * are gone may be among them.
   */
  levels(collection: Collection, words: string): AsyncIterable<RowValues>;
  /** Keeps those of more rows. */
  keepLevels(
    collection: Collection,
    words: string,
    levels: RowValues,
    kept: KeptLevels,
  ): Promise<void>;

  /** For collections that do not fit into memory; undefined where the engine searches none. */
  readonly vectorSearch?: VectorSearch;

  /** Ends what is done beside; the database stays open. */
  close(): Promise<void>;
}
