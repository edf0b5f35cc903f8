import type { Collection } from './collection.ts';
import type { Filter } from './filter.ts';

/** A vector of a collection. */
export interface RowVector {
  readonly row: number;
  /** [E], from half precision. */
  readonly vector: Float32Array;
}

export interface NearestQuery {
  /** [E], of any length but 0. */
  readonly query: Float32Array;
  readonly where?: Filter | undefined;
  /** How many, at most 1,000. */
  readonly k: number;
}

/** What an engine finds in its own tables, so that a collection need not be in memory. */
export interface VectorSearch {
  /**
   * The highest dot products first. Some may be missing, unless few items pass.
   *
   * @throws ApiError BAD_FILTER, COLLECTION_MODEL_MISMATCH.
   */
  nearest(collection: Collection, query: NearestQuery): Promise<readonly RowVector[]>;
  /** About so many, chosen at random. */
  sample(collection: Collection, count: number): Promise<readonly RowVector[]>;
  /** Makes what `nearest` is fast with, where it is worth it; for a large collection that takes minutes. */
  prepare(collection: Collection): Promise<void>;
}
