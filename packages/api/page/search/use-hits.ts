import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { askPatiently } from '../server/ask.ts';
import { useTurn } from '../server/use-turn.ts';
import { browseOperation, type Query, searchOperation } from './query.ts';
import type { ScoreHistogram } from './score-histogram.ts';

export interface Item {
  readonly key: string;
  readonly source: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly thumbnailUrl: string | null;
}

export interface Hit {
  readonly node: Item;
  /** Undefined where nothing was searched for. */
  readonly relevance?: number;
}

interface Page {
  readonly edges: readonly Hit[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

interface SearchAnswer extends Page {
  readonly total: number;
  readonly cut: number | null;
  readonly histogram: ScoreHistogram | null;
  readonly warnings: readonly string[];
}

/** What is shown of a query. */
export interface Found {
  /** Of the query that it answers. */
  readonly key: string;
  readonly hits: readonly Hit[];
  /** Null where it is not known: of items that pass a filter. */
  readonly total: number | null;
  readonly cut: number | null;
  readonly histogram: ScoreHistogram | null;
  readonly warnings: readonly string[];
  /** The cursor of the next page; null if there is none. */
  readonly next: string | null;
}

export interface UsedHits {
  readonly found: Found | undefined;
  readonly error: Error | undefined;
  /** Whether what is shown is not yet that of the query. */
  readonly isStale: boolean;
  /** Asks for the next page. */
  readonly more: () => void;
  readonly retry: () => void;
}

/** Items of a page. */
export const PAGE = 48;
/** Milliseconds that a query has to stand still before it is asked. */
const SETTLING = 150;

/**
 * What a query finds, page after page. An empty query shows the collection as it is.
 *
 * @param query undefined while there is no collection.
 * @param version another number when the collection has changed.
 */
export function useHits(query: Query | undefined, version: number): UsedHits {
  const [found, setFound] = useState<Found>();
  const [error, setError] = useState<Error>();
  const [turn, retry] = useTurn();
  const key = query === undefined ? '' : `${version} ${turn} ${keyOf(query)}`;
  const asked = useRef(query);
  asked.current = query;
  const paging = useRef<AbortController | undefined>(undefined);

  useEffect(() => {
    paging.current?.abort();
    paging.current = undefined;
    setError(undefined);
    const current = asked.current;
    if (current === undefined) return setFound(undefined);
    const control = new AbortController();
    const timer = setTimeout(() => {
      ask(current, undefined, control.signal).then(
        (page) => setFound({ key, ...page }),
        (failure: Error) => control.signal.aborted || setError(failure),
      );
    }, SETTLING);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [key]);

  const more = useCallback(() => {
    const current = asked.current;
    if (current === undefined || found?.next == null || found.key !== key || paging.current) return;
    const control = new AbortController();
    paging.current = control;
    ask(current, found.next, control.signal)
      .then(
        (page) => setFound({ ...found, hits: [...found.hits, ...page.hits], next: page.next }),
        (failure: Error) => control.signal.aborted || setError(failure),
      )
      .finally(() => {
        if (paging.current === control) paging.current = undefined;
      });
  }, [found, key]);

  return {
    found,
    error,
    isStale: query !== undefined && found?.key !== key,
    more,
    retry,
  };
}

async function ask(
  query: Query,
  after: string | undefined,
  signal: AbortSignal,
): Promise<Omit<Found, 'key'>> {
  if (query.terms.length > 0) {
    const operation = searchOperation(query, PAGE, after);
    const { edges, pageInfo, ...answer } = await askPatiently<SearchAnswer>(operation, signal);
    return { ...answer, hits: edges, next: pageInfo.hasNextPage ? pageInfo.endCursor : null };
  }
  const { itemCount, items } = await askPatiently<{
    readonly itemCount: number;
    readonly items: Page;
  }>(browseOperation(query, PAGE, after), signal);
  const { edges, pageInfo } = items;
  const next = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  const total = query.conditions.length === 0 ? itemCount : null;
  return { hits: edges, total, cut: null, histogram: null, warnings: [], next };
}

/** Equal for queries that find the same. */
const keyOf = (query: Query): string =>
  JSON.stringify(query, (_name, value) =>
    value instanceof File ? [value.name, value.size, value.lastModified] : value,
  );
