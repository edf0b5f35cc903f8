import { FlatIndex } from '@clipql/core';
import type { Collection } from '../../collections/collection.ts';
import type { CollectionStore } from '../../collections/store.ts';

/** An index gives the scores of all rows that it ever had: 4 MB then, and another one is begun. */
const ROWS_OF_AN_INDEX = 2 ** 20;

/** Items of a collection that are compared at once. */
export interface RowBatch {
  /** Their rows, ascending. */
  readonly rows: Uint32Array;
  /** Has their vectors, and no others, until the next batch is asked for. */
  readonly index: FlatIndex;
  /** What the index has the first of them as; the others follow. */
  readonly first: number;
}

interface Reading {
  /** Ends it before the next batch. */
  readonly signal: AbortSignal;
  /** Told of rows that are gone, some of which may have come in no batch. */
  readonly onRemoved: (row: number) => void;
}

/**
 * Reads all items from the database, a batch at a time. An index, and with it its thread, is there for many batches: it
 * takes longer to start one than to compare a batch.
 *
 * @throws what the store throws; the signal's reason once it is aborted.
 */
export async function* rowBatches(
  store: CollectionStore,
  collection: Collection,
  { signal, onRemoved }: Reading,
): AsyncGenerator<RowBatch> {
  const { dimensions } = collection.space;
  let index: FlatIndex | undefined;
  try {
    for await (const { rows, vectors, removed = [] } of store.changes(collection, 0)) {
      signal.throwIfAborted();
      for (const row of removed) onRemoved(row);
      if (rows.length === 0) continue;
      // No exact vector is asked for, so it need not keep them.
      const readRows = () => new Float32Array();
      index ??= await FlatIndex.create({ dimensions, threads: 1, readRows });
      const first = await index.append(vectors);
      yield { rows, index, first };
      if (index.nextRow < ROWS_OF_AN_INDEX) {
        await index.remove(rows.map((_, i) => first + i));
      } else {
        index.dispose();
        index = undefined;
      }
    }
  } finally {
    index?.dispose();
  }
}
