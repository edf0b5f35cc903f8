import { useState } from 'preact/hooks';
import { type Weighted, WeightedList } from '../parts/weighted-list.tsx';
import { TEXTS } from '../texts.ts';
import { droppedItem, useItemDrag } from './dragged-item.ts';
import type { Term } from './query.ts';

const SEARCH = TEXTS.search;

interface TermListProps {
  readonly terms: readonly Term[];
  readonly onTerms: (terms: readonly Term[]) => void;
  /** Takes the focus when the last one has been removed. */
  readonly onEmptied: () => void;
}

/** What is searched for, each with its weight. */
export function TermList({ terms, onTerms, onEmptied }: TermListProps) {
  return (
    <WeightedList
      title={SEARCH.terms}
      terms={terms.map(weighted)}
      onWeight={(i, weight) => onTerms(terms.with(i, { ...terms[i]!, weight }))}
      onRemove={(i) => onTerms(terms.toSpliced(i, 1))}
      onEmptied={onEmptied}
    />
  );
}

const weighted = ({ kind, value, weight, change }: Term): Weighted => ({
  key: `${kind}:${value}`,
  name: kind === 'url' && value.startsWith('data:') ? 'data:' : value,
  kind: kind === 'text' ? undefined : SEARCH.kinds[kind],
  weight,
  remark: change,
});

interface LikeZonesProps {
  readonly onLike: (key: string, weight: number) => void;
}

/** Where hits are dropped to have more or less like them; seen while one is dragged. */
export function LikeZones({ onLike }: LikeZonesProps) {
  const isDragging = useItemDrag();
  return (
    <div class="like-zones" hidden={!isDragging} aria-hidden="true">
      <LikeZone text={SEARCH.moreZone} onItem={(key) => onLike(key, 1)} />
      <LikeZone text={SEARCH.lessZone} onItem={(key) => onLike(key, -1)} />
    </div>
  );
}

interface LikeZoneProps {
  readonly text: string;
  readonly onItem: (key: string) => void;
}

function LikeZone({ text, onItem }: LikeZoneProps) {
  const [isOver, setIsOver] = useState(false);
  const drop = (event: DragEvent) => {
    const key = droppedItem(event);
    setIsOver(false);
    if (key === undefined) return;
    event.preventDefault();
    onItem(key);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: each hit has buttons that do the same.
    <div
      class="like-zone"
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    >
      {text}
    </div>
  );
}
