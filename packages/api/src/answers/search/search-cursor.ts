import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Filter } from '../../collections/filter.ts';
import type { Order } from '../../collections/store.ts';
import { ApiError } from '../../errors/api-error.ts';
import type { RelevanceChoice } from './search-request.ts';
import type { ResolvedTerm } from './search-term.ts';

/** Where a hit stands among those of its query. */
export type HitPosition =
  /** By relevance: its row, its score and its key, of which the last two hold when the item is gone. */
  | { readonly row: number; readonly score: number; readonly key: string }
  /** In another order: the store's own cursor. */
  | { readonly inner: string };

const cursorSchema = z.union([
  z.tuple([z.string(), z.int().min(0), z.number(), z.string()]),
  z.tuple([z.string(), z.string()]),
]);

/** What a cursor belongs to; another query refuses it. */
export interface CursorQuery {
  readonly collection: number;
  readonly terms: readonly ResolvedTerm[];
  readonly where: Filter | undefined;
  readonly exact: boolean;
  readonly except: string | undefined;
  readonly relevance: RelevanceChoice;
  readonly orderBy: 'relevance' | Order;
}

export function encodeSearchCursor(position: HitPosition, query: string): string {
  const values =
    'inner' in position
      ? [query, position.inner]
      : [query, position.row, position.score, position.key];
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** @throws ApiError BAD_CURSOR unless `encodeSearchCursor` made it for this query. */
export function decodeSearchCursor(cursor: string, query: string): HitPosition {
  const [hash, ...values] = parsed(cursor) ?? [];
  if (hash === undefined) {
    throw new ApiError('BAD_CURSOR', 'expected a cursor of a search, got something else');
  }
  if (hash !== query) {
    throw new ApiError('BAD_CURSOR', 'expected a cursor of this query, got one of another');
  }
  if (values.length === 1) return { inner: values[0] as string };
  const [row, score, key] = values as [number, number, string];
  return { row, score, key };
}

function parsed(cursor: string) {
  try {
    return cursorSchema.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
}

/** A hash of all that decides which hits there are, and their order. */
export function queryHash({ collection, terms, ...query }: CursorQuery): string {
  const { where = null, exact, except = null, relevance, orderBy } = query;
  const identities = terms.map(({ kind, weight, identity }) => [kind, weight, identity]);
  return createHash('sha256')
    .update(JSON.stringify([collection, identities, where, exact, except, relevance, orderBy]))
    .digest('base64url')
    .slice(0, 16);
}
