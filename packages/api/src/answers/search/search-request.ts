import type { Collection } from '../../collections/collection.ts';
import type { Filter } from '../../collections/filter.ts';
import type { Order } from '../../collections/store.ts';
import { checkFirst, checkRelevance } from '../../limits/search.ts';
import type { SearchTerm } from './search-term.ts';

/** Which items are hits: those that are relevant by `AUTO`, those of at least some relevance, or all. */
export type RelevanceChoice = 'AUTO' | 'ALL' | { readonly atLeast: number };

export interface SearchRequest {
  /** As the store found it. */
  readonly collection: Collection;
  readonly terms: readonly SearchTerm[];
  readonly where?: Filter | undefined;
  /** Whether the engine compares all items, although it has an index that is faster and may miss some; no unless given. */
  readonly exact?: boolean | undefined;
  /** The key of an item that is no hit. */
  readonly except?: string | undefined;
  /** `AUTO` unless given. */
  readonly relevance?: RelevanceChoice | undefined;
  /** Size of the page. */
  readonly first: number;
  /** A cursor of the same query. */
  readonly after?: string | undefined;
  /** `relevance` unless given, the most relevant first; equally relevant ones by key. */
  readonly orderBy?: 'relevance' | Order | undefined;
}

/** @throws ApiError BAD_INPUT. */
export function checkRequest({ first, relevance }: SearchRequest): void {
  checkFirst(first);
  if (typeof relevance === 'object') checkRelevance(relevance.atLeast);
}
