import {
  type Background,
  collectionSpread,
  type MixedQuery,
  mixTerms,
  type RowValues,
} from '@clipql/core';
import type { Collection } from '../../collections/collection.ts';
import type { CollectionStore } from '../../collections/store.ts';
import type { VectorSearch } from '../../collections/vector-search.ts';
import { checkScannedItems } from '../../limits/search.ts';
import { BACKGROUND } from './background-of.ts';
import { levelsOf, packed } from './collection-sample.ts';
import { ComparedRows } from './compared-rows.ts';
import { LevelReader } from './level-reader.ts';
import { SPREAD_ROWS } from './measured-index.ts';
import { rowBatches } from './row-batches.ts';
import { eachPiece } from './row-pieces.ts';
import type { ResolvedTerm } from './search-term.ts';
import { keepNewLevels } from './stored-levels.ts';

/** All items of a collection, compared with a query. */
export interface Compared {
  readonly query: MixedQuery;
  /** Dot products with the query, as the 8-bit scan has them; NaN where an item has gone meanwhile. */
  readonly products: RowValues;
  /** How much images are like the background; rows that came meanwhile may have none. */
  readonly levels: RowValues;
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
  const known = new LevelReader(store.levels(collection, BACKGROUND));
  const compared = new ComparedRows(items);
  const gone = new Set<number>();
  const reading = { signal, onRemoved: (row: number) => gone.add(row) };
  for await (const { rows, index } of rowBatches(store, collection, reading)) {
    const { values: products } = await index.scores(query.vector);
    const levels =
      (await known.of(rows)) ?? (await index.logSumExp(prompts, background.logitScale)).values;
    compared.add(rows, products, levels);
  }
  const { products, levels } = compared;
  if (gone.size > 0) {
    await eachPiece(products.rows.length, (from, to) => {
      for (let i = from; i < to; i++) {
        if (gone.has(products.rows[i]!)) products.values[i] = Number.NaN;
      }
    });
  }
  keepNewLevels(levels, await known.stored(), store, collection);
  return { query, products, levels };
}
