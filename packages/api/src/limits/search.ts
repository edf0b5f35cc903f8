import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';

/** Of one query. Each is an embedding; together they are one vector. */
export const MAX_SEARCH_TERMS = 32;
/** Of one page. */
export const MAX_HITS = 1_000;
/** Of a collection whose near duplicates are asked for: each is compared with all. */
const MAX_COMPARED_ITEMS = 20_000;
/** Of a collection that is read from the database for one query: 12 bytes are kept of each item. */
const MAX_SCANNED_ITEMS = 20_000_000;

/** @throws ApiError TOO_MANY_TERMS, BAD_INPUT for none. */
export function checkTermCount(terms: number): void {
  if (terms === 0) throw badInput('expected at least 1 term, got none');
  if (terms <= MAX_SEARCH_TERMS) return;
  throw new ApiError(
    'TOO_MANY_TERMS',
    `expected at most ${MAX_SEARCH_TERMS} terms, got ${grouped(terms)}`,
  );
}

/** @throws ApiError BAD_INPUT for a page of no size, or of more hits than one has. */
export function checkFirst(first: number): void {
  if (Number.isInteger(first) && first >= 1 && first <= MAX_HITS) return;
  throw badInput(`expected first from 1 to ${grouped(MAX_HITS)}, got ${first}`);
}

/** @throws ApiError BAD_INPUT for a relevance that no item has, or each. */
export function checkRelevance(atLeast: number): void {
  if (atLeast > 0 && atLeast < 1) return;
  throw badInput(`expected a relevance between 0 and 1, got ${atLeast}`);
}

/** @throws ApiError COLLECTION_TOO_LARGE. */
export function checkComparedItems(items: number): void {
  if (items <= MAX_COMPARED_ITEMS) return;
  throw new ApiError(
    'COLLECTION_TOO_LARGE',
    `expected at most ${grouped(MAX_COMPARED_ITEMS)} items to compare with each other, got ${grouped(items)}`,
  );
}

/** @throws ApiError COLLECTION_TOO_LARGE. */
export function checkScannedItems(items: number): void {
  if (items <= MAX_SCANNED_ITEMS) return;
  throw new ApiError(
    'COLLECTION_TOO_LARGE',
    `expected at most ${grouped(MAX_SCANNED_ITEMS)} items to compare all of with exact: true, got ${grouped(items)}`,
  );
}

const badInput = (message: string) => new ApiError('BAD_INPUT', message);
