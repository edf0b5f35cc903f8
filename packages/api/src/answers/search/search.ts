import { type Histogram, mixTerms, type Relevance, type RowSet } from '@clipql/core';
import type { Collection } from '../../collections/collection.ts';
import type { LiveIndexes } from '../../collections/live-indexes.ts';
import type { CollectionStore, Order } from '../../collections/store.ts';
import { ApiError } from '../../errors/api-error.ts';
import { cutWarning } from '../../loaders/cut-texts.ts';
import type { ModelSession } from '../../loaders/loaders.ts';
import type { LoadedModel } from '../../models/loaded-model.ts';
import { modelHash } from '../../models/model-hash.ts';
import { backgroundOf } from './background-of.ts';
import { type Compared, compareAll } from './compare-all.ts';
import {
  type HitPage,
  hitRows,
  type PageOrder,
  pageByRelevance,
  pageInOrder,
  type Scored,
} from './hit-page.ts';
import { measuresOf } from './measured-index.ts';
import { keepHits, scoreRows } from './score-rows.ts';
import { queryHash } from './search-cursor.ts';
import { searchOutgrown } from './search-outgrown.ts';
import { checkRequest, type SearchRequest } from './search-request.ts';
import { type ResolvedTerm, resolveTerms } from './search-term.ts';

/** Where collections are, and their indexes. */
export interface SearchServices {
  readonly store: CollectionStore;
  readonly indexes: LiveIndexes;
}

export interface SearchResult extends HitPage {
  /** How many items are hits, on all pages. */
  readonly total: number;
  /** Scores of all items that pass `where`; undefined where none does. */
  readonly histogram: Histogram | undefined;
  /** The score from which items are hits: undefined where all are, Infinity where AUTO finds none. */
  readonly cut: number | undefined;
  /** What a score means. */
  readonly relevance: Relevance;
  /** Items that were scored. */
  readonly scanned: number;
  readonly timing: SearchTiming;
  /** One line for each text that was longer than the model's context, and was cut. */
  readonly warnings: readonly string[];
}

/** In milliseconds. */
interface SearchTiming {
  /** To embed the terms. */
  readonly embedding: number;
  /** To find the rows that pass `where`. */
  readonly filter: number;
  /** To score all rows, and to measure those that are new. */
  readonly scan: number;
  readonly total: number;
}

/**
 * Searches a collection by texts, images, items and embeddings together.
 *
 * @throws ApiError BAD_INPUT, TOO_MANY_TERMS, UNKNOWN_ITEM, BAD_FILTER, BAD_CURSOR,
 *   COLLECTION_MODEL_MISMATCH; what the loaders and the store throw; the reason of the loaders' signal once it is aborted.
 */
export async function search(
  services: SearchServices,
  session: ModelSession,
  request: SearchRequest,
): Promise<SearchResult> {
  checkRequest(request);
  const { store, indexes } = services;
  const { collection, where, exact = false, except } = request;
  const { signal } = session.loaders;
  await checkSpace(session.model, collection);
  const start = performance.now();
  const resolve = { store, loaders: session.loaders };
  const terms = await resolveTerms(resolve, collection, request.terms);
  const background = await backgroundOf(session, store, collection.space);
  const embedded = performance.now();
  const { first, after, orderBy = 'relevance', relevance = 'AUTO' } = request;
  const order: PageOrder & { readonly orderBy: 'relevance' | Order } = {
    first,
    after,
    orderBy,
    query: queryHash({
      collection: collection.id,
      terms,
      where,
      exact,
      except,
      relevance,
      orderBy,
    }),
  };
  const [excepted] = except === undefined ? [] : await store.items(collection, [except]);
  const { vectorSearch } = store;
  const common = { collection, order, except: excepted?.row, cutOf: cutOf(request), signal };
  const warnings = warningsOf(session.model, request, terms);
  const isOutgrown = vectorSearch !== undefined && !indexes.holds(collection);
  if (isOutgrown && !exact) {
    const asked = { ...common, terms, background, where };
    const { page, ...answer } = await searchOutgrown(store, vectorSearch, asked);
    const now = performance.now();
    const timing = { embedding: embedded - start, filter: 0, scan: now - embedded };
    return { ...page, ...answer, timing: { ...timing, total: now - start }, warnings };
  }
  const selected = where === undefined ? undefined : await store.select(collection, where);
  const filtered = performance.now();
  const answerFrom = async (compared: Compared): Promise<SearchResult> => {
    const { scored, ...answer } = await answerOf(store, compared, { ...common, terms, selected });
    const timing = {
      ...{ embedding: embedded - start, filter: filtered - embedded, scan: scored - filtered },
      total: performance.now() - start,
    };
    return { ...answer, timing, warnings };
  };
  if (isOutgrown) {
    const asked = { collection, terms, background, signal };
    return answerFrom(await compareAll(store, vectorSearch, asked));
  }
  return indexes.use(collection, async (index) => {
    // The index, and what is measured of it, are there for the next search too.
    signal.throwIfAborted();
    const { levels, spread } = await measuresOf(index, background, store, collection);
    const query = mixTerms(terms, spread);
    const products = await index.scores(query.vector, { signal });
    return answerFrom({ query, products, levels });
  });
}

interface Asked {
  readonly collection: Collection;
  readonly terms: readonly ResolvedTerm[];
  /** Rows that pass `where`; all unless given. */
  readonly selected: RowSet | undefined;
  /** A row that is no hit. */
  readonly except: number | undefined;
  readonly cutOf: (relevance: Relevance) => number | undefined;
  readonly signal: AbortSignal;
  readonly order: PageOrder & { readonly orderBy: 'relevance' | Order };
}

/** What a search answers that compared all items, and when all had their score. */
async function answerOf(
  store: CollectionStore,
  { query, products: scores, levels }: Compared,
  { collection, terms, selected, except, cutOf, signal, order }: Asked,
): Promise<Omit<SearchResult, 'timing' | 'warnings'> & { readonly scored: number }> {
  const { relevance, scanned } = await scoreRows(scores, levels, query, signal);
  const scored = performance.now();
  const cut = cutOf(relevance);
  const { total, histogram } = await keepHits(scores, { selected, except, cut, signal });
  const found: Scored = { levels, query, terms, relevance, scores };
  const { orderBy } = order;
  const page =
    orderBy === 'relevance'
      ? await pageByRelevance(store, collection, found, order)
      : await pageInOrder(store, collection, found, await hitRows(scores), { ...order, orderBy });
  return { ...page, total, histogram, cut, relevance, scanned, scored };
}

/** @throws ApiError COLLECTION_MODEL_MISMATCH unless the model makes vectors of the collection's space. */
async function checkSpace(model: LoadedModel, { name, space }: Collection): Promise<void> {
  const hash = await modelHash(model);
  if (hash === space.hash) return;
  const expected = `expected ${space.model} (${space.hash.slice(0, 12)}), which made the vectors of ${name}`;
  throw new ApiError(
    'COLLECTION_MODEL_MISMATCH',
    `${expected}, got ${model.clip.info.name} (${hash.slice(0, 12)})`,
  );
}

const cutOf =
  ({ relevance: choice = 'AUTO' }: SearchRequest) =>
  ({ cut, scoreOf }: Relevance): number | undefined => {
    if (choice === 'AUTO') return cut;
    return choice === 'ALL' ? undefined : scoreOf(choice.atLeast);
  };

const warningsOf = (
  { clip }: LoadedModel,
  { terms: given }: SearchRequest,
  terms: readonly ResolvedTerm[],
): readonly string[] =>
  terms.flatMap(({ truncated }, i) =>
    truncated ? [cutWarning(`term ${i + 1}`, given[i]!.text!, clip.info.contextLength)] : [],
  );
