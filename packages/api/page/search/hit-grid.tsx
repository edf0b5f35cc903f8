import { useEffect, useRef } from 'preact/hooks';
import { percent } from '../parts/figures.ts';
import { TEXTS } from '../texts.ts';
import { beginDrag } from './dragged-item.ts';
import { ItemPicture } from './item-picture.tsx';
import { metadataText } from './metadata-text.ts';
import type { Hit, Item } from './use-hits.ts';

const SEARCH = TEXTS.search;

interface HitGridProps {
  readonly hits: readonly Hit[];
  readonly isStale: boolean;
  readonly hasMore: boolean;
  readonly onMore: () => void;
  /** @param weight 1 for more like it, −1 for less. */
  readonly onLike: (key: string, weight: number) => void;
  readonly onOpen: (item: Item) => void;
}

/** What was found, the best first. More comes when its end is reached, or by the button. */
export function HitGrid({ hits, isStale, hasMore, onMore, onLike, onOpen }: HitGridProps) {
  const end = useEndReached(hasMore && !isStale, hits.length, onMore);
  return (
    <>
      <ul class="hits" data-stale={isStale || undefined}>
        {hits.map(({ node, relevance }) => (
          <li key={node.key} draggable onDragStart={(event) => beginDrag(event, node.key)}>
            <button
              type="button"
              class="hit-picture"
              aria-label={SEARCH.details(node.key)}
              onClick={() => onOpen(node)}
            >
              <ItemPicture item={node} alt="" />
            </button>
            <HitFacts item={node} relevance={relevance} />
            <div class="hit-actions">
              <LikeButton
                sign="+"
                text={SEARCH.more(node.key)}
                onLike={() => onLike(node.key, 1)}
              />
              <LikeButton
                sign="−"
                text={SEARCH.less(node.key)}
                onLike={() => onLike(node.key, -1)}
              />
            </div>
          </li>
        ))}
      </ul>
      {hasMore && (
        <button ref={end} type="button" class="more" disabled={isStale} onClick={onMore}>
          {SEARCH.nextPage}
        </button>
      )}
    </>
  );
}

function HitFacts({
  item,
  relevance,
}: {
  readonly item: Item;
  readonly relevance?: number | undefined;
}) {
  const facts = metadataText(item.metadata);
  return (
    <div class="hit-facts">
      <p class="hit-key" title={item.key}>
        <bdi>{item.key}</bdi>
      </p>
      {relevance !== undefined && (
        <p class="hit-relevance">
          <span class="visually-hidden">{SEARCH.relevance(percent(relevance))}</span>
          <span aria-hidden="true">{percent(relevance)}</span>
        </p>
      )}
      {facts !== '' && (
        <p class="hit-metadata" dir="auto">
          {facts}
        </p>
      )}
    </div>
  );
}

interface LikeButtonProps {
  readonly sign: string;
  readonly text: string;
  readonly onLike: () => void;
}

function LikeButton({ sign, text, onLike }: LikeButtonProps) {
  return (
    <button type="button" class="like" aria-label={text} title={text} onClick={onLike}>
      {sign}
    </button>
  );
}

/**
 * Calls for more before the end of the list is seen; not where less motion is preferred, where the button does.
 *
 * @returns goes to the element at the end.
 */
function useEndReached(isWanted: boolean, length: number, onMore: () => void) {
  const end = useRef<HTMLButtonElement>(null);
  // Anew after each page: its end may still be in sight.
  useEffect(() => {
    const element = end.current;
    if (!isWanted || element === null) return;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && onMore(),
      { rootMargin: '0px 0px 50% 0px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [isWanted, length, onMore]);
  return end;
}
