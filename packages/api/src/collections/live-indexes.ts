import type { FlatIndex } from '@clipql/core';
import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';
import type { Collection } from './collection.ts';
import { LiveIndex } from './live-index.ts';
import type { CollectionStore } from './store.ts';

/** Of a row, beside its E bytes: its number, its scale and its share of what a scan works in. */
const BYTES_BESIDE = 16;

/** An index, and how many use it. */
interface Entry {
  readonly index: LiveIndex;
  /** What it will take when it is loaded. */
  readonly expectedBytes: number;
  users: number;
  /** Whether it is to be let go of when nobody uses it any more. */
  isRetired: boolean;
}

/** How far the loading at the start is, in rows. */
export interface LoadProgress {
  readonly rows: number;
  readonly of: number;
}

/** This process's indexes. Those that were not used for longest give way when memory is needed. */
export class LiveIndexes {
  readonly #store: CollectionStore;
  readonly #maxBytes: number;
  /** By collection and space; the one that was used last is at the end. */
  readonly #entries = new Map<string, Entry>();
  #loading: readonly LiveIndex[] = [];
  #rowsToLoad = 0;

  /** @param maxBytes of all indexes together. */
  constructor(store: CollectionStore, { maxBytes }: { readonly maxBytes: number }) {
    this.#store = store;
    this.#maxBytes = maxBytes;
  }

  /** Of what is loaded, and of what is being loaded. */
  get bytes(): number {
    return [...this.#entries.values()].reduce(
      (sum, { index, expectedBytes }) => sum + Math.max(index.bytes, expectedBytes),
      0,
    );
  }

  /** Undefined when {@link LiveIndexes.load} is not under way. */
  get loading(): LoadProgress | undefined {
    if (this.#rowsToLoad === 0) return undefined;
    const rows = this.#loading.reduce((sum, index) => sum + index.rows, 0);
    return { rows, of: this.#rowsToLoad };
  }

  /** Whether a collection can be in memory, others aside. */
  holds(collection: Collection): boolean {
    return bytesOf(collection, collection.items) <= this.#maxBytes;
  }

  /** @throws ApiError COLLECTION_TOO_LARGE unless {@link LiveIndexes.holds} it. */
  checkFits(collection: Collection): void {
    if (!this.holds(collection)) throw this.#tooLarge(collection);
  }

  /** Loads all collections as far as there is room, the oldest first. @throws what the store throws. */
  async load(): Promise<void> {
    const collections: Collection[] = [];
    let bytes = 0;
    for (const collection of await this.#store.listAll()) {
      bytes += bytesOf(collection, collection.items);
      if (bytes > this.#maxBytes) break;
      collections.push(collection);
    }
    this.#rowsToLoad = collections.reduce((sum, { items }) => sum + items, 0);
    this.#loading = collections.map((collection) => this.#entryFor(collection).index);
    try {
      for (const collection of collections) {
        await this.use(collection, async () => {}).catch((error) => {
          if (!isGone(error)) throw error;
        });
      }
    } finally {
      this.#rowsToLoad = 0;
      this.#loading = [];
    }
  }

  /**
   * Runs `body` with a collection's index, which has all that was written before. It is loaded if it has
   * to be, and stays while `body` runs.
   *
   * @throws what `body` and the store throw: UNKNOWN_COLLECTION, and COLLECTION_MODEL_MISMATCH where the
   *   collection has moved to another space; COLLECTION_TOO_LARGE where all of `maxBytes` is too little.
   */
  async use<T>(collection: Collection, body: (index: FlatIndex) => Promise<T>): Promise<T> {
    const entry = this.#entryFor(collection);
    entry.users += 1;
    try {
      const flat = await entry.index.current().catch((error) => {
        this.#retire(entry);
        throw error;
      });
      if (entry.index.isOutgrown) this.#replace(entry);
      return await body(flat);
    } finally {
      entry.users -= 1;
      this.#letGo(entry);
    }
  }

  async dispose(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(({ index }) => index.dispose()));
  }

  #entryFor(collection: Collection): Entry {
    const key = keyOf(collection);
    const entry = this.#entries.get(key) ?? this.#create(collection, collection.items);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  #create(collection: Collection, rows: number): Entry {
    const expectedBytes = bytesOf(collection, rows);
    if (expectedBytes > this.#maxBytes) throw this.#tooLarge(collection, rows);
    this.#makeRoom(expectedBytes);
    const index = new LiveIndex(this.#store, collection, rows);
    return { index, expectedBytes, users: 0, isRetired: false };
  }

  /** The next who asks loads one of the size that the collection has come to. */
  #replace(entry: Entry): void {
    const { collection, rows } = entry.index;
    this.#retire(entry);
    this.#entries.set(keyOf(collection), this.#create(collection, rows));
  }

  #makeRoom(bytes: number): void {
    for (const entry of this.#entries.values()) {
      if (this.bytes + bytes <= this.#maxBytes) return;
      if (entry.users === 0) this.#retire(entry);
    }
  }

  #tooLarge(collection: Collection, rows = collection.items): ApiError {
    const [most, bytes] = [grouped(this.#maxBytes), grouped(bytesOf(collection, rows))];
    return new ApiError(
      'COLLECTION_TOO_LARGE',
      `expected a collection whose index fits into --index-memory, of ${most} bytes, got ${collection.name}, whose has ${bytes}`,
    );
  }

  /** The next who asks gets another one. */
  #retire(entry: Entry): void {
    const key = keyOf(entry.index.collection);
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    entry.isRetired = true;
    this.#letGo(entry);
  }

  #letGo({ index, users, isRetired }: Entry): void {
    if (isRetired && users === 0) index.dispose().catch(() => {});
  }
}

const keyOf = ({ id, space }: Collection): string => `${id} ${space.hash}`;

const bytesOf = ({ space }: Collection, rows: number): number =>
  rows * (space.dimensions + BYTES_BESIDE);

/** Others may drop a collection, or move it to another space, at any time. */
const isGone = (error: unknown): boolean =>
  error instanceof ApiError &&
  (error.code === 'UNKNOWN_COLLECTION' || error.code === 'COLLECTION_MODEL_MISMATCH');
