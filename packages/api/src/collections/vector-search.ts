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
  /** Once it is aborted, the engine ends what it does for this. */
  readonly signal?: AbortSignal | undefined;
}

/** The highest dot products first. */
export interface NearestRows extends ReadonlyArray<RowVector> {
  /** How many were compared, which is all that pass; undefined where an index was asked, and some may be missing. */
  readonly compared: number | undefined;
}

/** What an engine finds in its own tables, so that a collection need not be in memory. */
export interface VectorSearch {
  /** @throws ApiError BAD_FILTER, COLLECTION_MODEL_MISMATCH; the signal's reason once it is aborted. */
  nearest(collection: Collection, query: NearestQuery): Promise<NearestRows>;
  /** About so many, chosen at random. */
  sample(collection: Collection, count: number): Promise<readonly RowVector[]>;
  /** So many, spread evenly over all rows: the same until one is written or removed. Goes over the numbers of all. */
  evenRows(collection: Collection, count: number): Promise<readonly RowVector[]>;
  /** Makes what `nearest` is fast with, where it is worth it; for a large collection that takes minutes. */
  prepare(collection: Collection): Promise<void>;
}
