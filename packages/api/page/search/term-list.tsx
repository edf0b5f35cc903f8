import { useRef, useState } from 'preact/hooks';
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
  const list = useRef<HTMLUListElement>(null);
  const remove = (i: number) => {
    onTerms(terms.toSpliced(i, 1));
    if (terms.length === 1) return onEmptied();
    setTimeout(() => {
      const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
      (buttons[i] ?? buttons.at(-1))?.focus();
    });
  };
  if (terms.length === 0) return null;
  return (
    <ul ref={list} class="terms" aria-label={SEARCH.terms}>
      {terms.map((term, i) => (
        <TermRow
          key={`${term.kind}:${term.value}`}
          term={term}
          onWeight={(weight) => onTerms(terms.with(i, { ...term, weight }))}
          onRemove={() => remove(i)}
        />
      ))}
    </ul>
  );
}

interface TermRowProps {
  readonly term: Term;
  readonly onWeight: (weight: number) => void;
  readonly onRemove: () => void;
}

function TermRow({ term: { kind, value, weight }, onWeight, onRemove }: TermRowProps) {
  const name = kind === 'url' && value.startsWith('data:') ? 'data:' : value;
  return (
    <li data-less={weight < 0 || undefined}>
      <span class="term-name">
        {kind !== 'text' && <span class="term-kind">{SEARCH.kinds[kind]}</span>}
        <bdi>{name}</bdi>
      </span>
      <span class="term-figure" aria-hidden="true">
        {weightText(weight)}
      </span>
      <button type="button" class="like" aria-label={SEARCH.removeTerm(name)} onClick={onRemove}>
        ×
      </button>
      <input
        type="range"
        min="-1"
        max="1"
        step="0.1"
        value={weight}
        aria-label={SEARCH.weight(name)}
        aria-valuetext={weightText(weight)}
        onInput={(event) => onWeight(Number(event.currentTarget.value))}
      />
    </li>
  );
}

/** 0.5 → `+0.5`, −1 → `−1` */
const weightText = (weight: number): string =>
  `${weight < 0 ? '−' : '+'}${Math.abs(weight).toLocaleString('en')}`;

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
