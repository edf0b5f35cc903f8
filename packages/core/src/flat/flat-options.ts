import type { RowSet } from './row-set.ts';
import type { RowValues } from './row-values.ts';

/** What a `FlatIndex` is made with. */
export interface FlatIndexOptions {
  /** Numbers of a vector, 1 to 16,384. */
  readonly dimensions: number;
  /**
   * Threads that scan; as many as there are physical cores, unless given. Where memory cannot be shared, as in pages
   * that are not cross-origin isolated, the calling thread scans, whatever is given.
   */
  readonly threads?: number;
  /**
   * Reads the exact vectors of some rows, ascending, as [n·E], so that the index need not keep them. Unless given, it
   * keeps them in half precision, which takes two bytes a number.
   */
  readonly readRows?: (rows: Uint32Array) => Float32Array | Promise<Float32Array>;
}

/** What a search of a `FlatIndex` is to find. */
export interface FlatSearchOptions {
  /** How many rows to find, 1 to 10,000. */
  readonly k: number;
  /** Which rows may be found; all unless given. */
  readonly filter?: RowSet;
  /** Whether to score all rows in the same scan, those outside of the filter too. */
  readonly allScores?: boolean;
  /** Once it is aborted, no further scan is begun. */
  readonly signal?: AbortSignal | undefined;
}

/** What one query found. */
export interface FlatHits {
  /** Row numbers, the highest score first; of equal scores the lowest row first. At most k. */
  readonly rows: Uint32Array;
  /** Dot products with the query, exact to float32. */
  readonly scores: Float32Array;
  /** With `allScores`: as `FlatIndex.scores` gives them; otherwise of no rows. */
  readonly allScores: RowValues;
}
