import { type Background, collectionSpread, type MixedQuery, mixTerms } from '@clipql/core';
import type { Collection } from '../../collections/collection.ts';
import type { CollectionStore } from '../../collections/store.ts';
import type { VectorSearch } from '../../collections/vector-search.ts';
import { checkScannedItems } from '../../limits/search.ts';
import { BACKGROUND } from './background-of.ts';
import { levelsOf, packed } from './collection-sample.ts';
import { keepNewLevels, SPREAD_ROWS } from './measured-index.ts';
import { rowBatches } from './row-batches.ts';
import { RowValues } from './row-values.ts';
import type { ResolvedTerm } from './search-term.ts';

/** All items of a collection, compared with a query. */
export interface Compared {
  readonly query: MixedQuery;
  /** Dot products with the query by row, as the 8-bit scan has them; NaN where there is no row. */
  readonly products: Float32Array;
  /** By row: how much its image is like the background. */
  readonly levels: Float32Array;
  /** About how many items there are. */
  readonly size: number;
}

interface Asked {
  readonly collection: Collection;
  readonly terms: readonly ResolvedTerm[];
  readonly background: Background;
  /** Tells when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/**
 * Compares all items of a collection that does not fit into memory: they are read from the database, a batch at a time.
 * Levels that no process has computed before are kept there, so that the next time takes less.
 *
 * @throws ApiError COLLECTION_TOO_LARGE where even the scores are too large; what the store throws; the signal's reason once
 *   it is aborted.
 */
export async function compareAll(
  store: CollectionStore,
  engine: VectorSearch,
  { collection, terms, background, signal }: Asked,
): Promise<Compared> {
  const { items, space } = collection;
  checkScannedItems(items);
  const some = (await engine.evenRows(collection, SPREAD_ROWS)).map(({ vector }) => vector);
  const spread = collectionSpread(some, background, await levelsOf(some, background));
  const query = mixTerms(terms, spread);
  const prompts = packed(background.prompts, space.dimensions);
  const known = await store.levels(collection, BACKGROUND);
  const [products, levels] = [new RowValues(items), new RowValues(items)];
  const gone: number[] = [];
  const reading = { signal, onRemoved: (row: number) => gone.push(row) };
  for await (const { rows, index, first } of rowBatches(store, collection, reading)) {
    const ofBatch = (await index.scores(query.vector)).subarray(first);
    const isKnown = rows.at(-1)! < known.length;
    const computed = isKnown
      ? undefined
      : await index.logSumExp(prompts, background.logitScale, first);
    for (const [i, row] of rows.entries()) {
      products.set(row, ofBatch[i]!);
      levels.set(row, computed?.[i] ?? known[row]!);
    }
  }
  for (const row of gone) products.set(row, Number.NaN);
  keepNewLevels(levels.values, known.length, store, collection);
  return { query, products: products.values, levels: levels.values, size: items };
}
