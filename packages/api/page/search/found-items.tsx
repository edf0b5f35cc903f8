import type { RefObject } from 'preact';
import { ErrorNote } from '../parts/error-note.tsx';
import { Remarks } from '../parts/remarks.tsx';
import { TEXTS } from '../texts.ts';
import { HitGrid } from './hit-grid.tsx';
import type { Found, Item, UsedHits } from './use-hits.ts';

const SEARCH = TEXTS.search;

interface FoundItemsProps extends UsedHits {
  /** Gets the line above them. */
  readonly head: RefObject<HTMLDivElement | null>;
  readonly isSearch: boolean;
  readonly isFiltered: boolean;
  /** Whether the collection has nothing. */
  readonly isEmpty: boolean;
  readonly onDuplicates: () => void;
  readonly onAll: () => void;
  readonly onLike: (key: string, weight: number) => void;
  readonly onOpen: (item: Item) => void;
}

/** What a query finds, or what the collection has. */
export function FoundItems({
  found,
  error,
  isStale,
  more,
  retry,
  head,
  isSearch,
  isFiltered,
  isEmpty,
  onDuplicates,
  onAll,
  onLike,
  onOpen,
}: FoundItemsProps) {
  const isAsking = isStale && error === undefined;
  // What another query found is no answer to one that failed.
  const isFailed = isStale && error !== undefined;
  const isNothing = !isAsking && !isEmpty && found?.hits.length === 0 && isSearch;
  return (
    <section class="stack" aria-label={SEARCH.results} aria-busy={isAsking}>
      <div class="row found-head" ref={head}>
        <p role="status" class="found-count">
          {isAsking && SEARCH.asking}
          {!isAsking && !isFailed && found && countText(found, isSearch, isFiltered)}
        </p>
        {!isEmpty && (
          <button type="button" class="plain" onClick={onDuplicates}>
            {SEARCH.duplicates}
          </button>
        )}
      </div>
      {error !== undefined && <ErrorNote error={error} onRetry={retry} />}
      <Remarks sentences={(!isFailed && found?.warnings) || []} title={TEXTS.answer.warnings} />
      {isEmpty && <p class="quiet">{SEARCH.empty}</p>}
      {isNothing && (
        <div class="notice stack">
          <p>{SEARCH.nothing}</p>
          <div class="row">
            <button type="button" onClick={onAll}>
              {SEARCH.nothingMore}
            </button>
          </div>
        </div>
      )}
      {found !== undefined && found.hits.length > 0 && !isFailed && (
        <HitGrid
          hits={found.hits}
          isStale={isStale}
          hasMore={found.next !== null}
          onMore={more}
          onLike={onLike}
          onOpen={onOpen}
        />
      )}
    </section>
  );
}

function countText({ total, hits, next }: Found, isSearch: boolean, isFiltered: boolean): string {
  if (isSearch) return SEARCH.found(total ?? hits.length);
  return isFiltered ? SEARCH.atLeast(hits.length, next === null) : SEARCH.all(total ?? hits.length);
}
