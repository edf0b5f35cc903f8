import { FlatIndex } from '@clipql/core';
import type { Collection } from './collection.ts';
import type { CollectionStore } from './store.ts';

/** Up to so many rows one thread scans within some milliseconds, so others are not worth starting. */
const ROWS_OF_ONE_THREAD = 32_768;

/** Gaps are closed when they are this part of the rows, but not for a few. */
const GAPS_OF_ROWS = 1 / 4;
const MIN_GAPS = 4_096;

/** Rows that the store is asked about at a time. */
const ROWS_ASKED = 65_536;

/** A collection's index, which takes in what any process has written. It keeps no vectors but 8-bit ones. */
export class LiveIndex {
  readonly collection: Collection;
  readonly #store: CollectionStore;
  readonly #isLarge: boolean;
  readonly #flat: Promise<FlatIndex>;
  /** Of the changes that it has taken in. */
  #seq = 0;
  /** Rows that were removed since the last compaction. */
  #gaps = 0;
  #bytes = 0;
  #rows = 0;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** @param rows about how many it will have: how many threads are worth their start. */
  constructor(store: CollectionStore, collection: Collection, rows: number) {
    this.collection = collection;
    this.#store = store;
    this.#isLarge = rows > ROWS_OF_ONE_THREAD;
    this.#flat = FlatIndex.create({
      dimensions: collection.space.dimensions,
      ...(this.#isLarge ? {} : { threads: 1 }),
      readRows: (rows) => this.#readRows(rows),
    });
    this.#flat.catch(() => {});
  }

  /** Of memory. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Those that were taken in. */
  get rows(): number {
    return this.#rows;
  }

  /** Whether another with more threads would be faster. */
  get isOutgrown(): boolean {
    return !this.#isLarge && this.#rows > ROWS_OF_ONE_THREAD;
  }

  /**
   * The index with all that was written before this call.
   *
   * @throws what `changes` throws; ClipError OUT_OF_MEMORY. It is of no use then.
   */
  async current(): Promise<FlatIndex> {
    await this.#catchUp();
    return this.#flat;
  }

  async dispose(): Promise<void> {
    this.#bytes = 0;
    (await this.#flat).dispose();
  }

  /** Whoever comes while one is under way shares the next: that one may have read too early. */
  #catchUp(): Promise<void> {
    if (this.#running === undefined) return this.#run();
    this.#next ??= this.#running.then(() => this.#run());
    return this.#next;
  }

  #run(): Promise<void> {
    this.#next = undefined;
    this.#running = this.#takeIn().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #takeIn(): Promise<void> {
    const flat = await this.#flat;
    for await (const batch of this.#store.changes(this.collection, this.#seq)) {
      this.#gaps += await flat.remove(batch.removed ?? (await this.#missing(flat)));
      await flat.append(batch.vectors, batch.rows);
      this.#seq = batch.seq;
      this.#rows = flat.size;
      this.#bytes = flat.bytes;
    }
    if (this.#gaps < Math.max(MIN_GAPS, GAPS_OF_ROWS * flat.size)) return;
    this.#gaps = 0;
    // Searches go on meanwhile. An index that was disposed of has no gaps to close.
    flat.compact().catch(() => {});
  }

  /** Of the rows that it has. */
  async #missing(flat: FlatIndex): Promise<readonly number[]> {
    const rows = await flat.rows();
    const missing: number[] = [];
    for (let from = 0; from < rows.length; from += ROWS_ASKED) {
      const asked = rows.slice(from, from + ROWS_ASKED);
      for (const row of await this.#store.missing(this.collection, asked)) missing.push(row);
    }
    return missing;
  }

  /** A row that was removed since the scan scores 0: whoever looks for its item finds none. */
  async #readRows(rows: Uint32Array): Promise<Float32Array> {
    const { dimensions } = this.collection.space;
    const packed = new Float32Array(rows.length * dimensions);
    const vectors = await this.#store.vectors(this.collection, rows);
    for (const [i, vector] of vectors.entries()) {
      if (vector !== undefined) packed.set(vector, i * dimensions);
    }
    return packed;
  }
}
