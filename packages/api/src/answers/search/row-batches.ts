import { FlatIndex } from '@clipql/core';
import type { Collection } from '../../collections/collection.ts';
import type { CollectionStore } from '../../collections/store.ts';

/** Items of a collection that are compared at once. */
export interface RowBatch {
  /** Their rows, ascending. */
  readonly rows: Uint32Array;
  /** Has their vectors, and no others, until the next batch is asked for. */
  readonly index: FlatIndex;
}

interface Reading {
  /** Ends it before the next batch. */
  readonly signal: AbortSignal;
  /** Told of rows that are gone, some of which may have come in no batch. */
  readonly onRemoved: (row: number) => void;
}

/**
 * Reads all items from the database, a batch at a time. An index, and with it its thread, is there for all batches: it
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
  // No exact vector is asked for, so it need not keep them.
  const readRows = () => new Float32Array();
  const index = await FlatIndex.create({ dimensions, threads: 1, readRows });
  try {
    for await (const { rows, vectors, removed = [] } of store.changes(collection, 0)) {
      signal.throwIfAborted();
      for (const row of removed) onRemoved(row);
      if (rows.length === 0) continue;
      await index.append(vectors, rows);
      yield { rows, index };
      await index.remove(rows);
    }
  } finally {
    index.dispose();
  }
}
