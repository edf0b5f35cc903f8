import type { ModelSession } from '../../loaders/loaders.ts';
import { type SearchResult, type SearchServices, search } from './search.ts';
import type { SearchRequest } from './search-request.ts';

/**
 * The items that are most like one of the collection, which is not among them itself.
 *
 * @param key of the item.
 * @throws as {@link search} does; ApiError UNKNOWN_ITEM.
 */
export const moreLike = (
  services: SearchServices,
  session: ModelSession,
  key: string,
  request: Omit<SearchRequest, 'terms' | 'except'>,
): Promise<SearchResult> =>
  search(services, session, { ...request, terms: [{ item: key }], except: key });
