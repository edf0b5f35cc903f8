import { TEXTS } from '../texts.ts';

const WEIGHTED = TEXTS.weighted;

export interface Weighted {
  /** Unlike that of any other. */
  readonly key: string;
  readonly name: string;
  /** What it is, where that does not go without saying. */
  readonly kind?: string | undefined;
  /** Below 0 for what is not wanted. A slider has −1 to 1, and leaves any other as it is until it is moved. */
  readonly weight: number;
  /** What else there is to be said of it. */
  readonly remark?: string | undefined;
}

interface WeightedListProps {
  readonly title: string;
  readonly terms: readonly Weighted[];
  readonly onWeight: (i: number, weight: number) => void;
  readonly onRemove: (i: number) => void;
  /** Takes the focus when the last one has been removed. */
  readonly onEmptied: () => void;
}

/** Terms with a slider each: more of it, or less. */
export function WeightedList({ title, terms, onWeight, onRemove, onEmptied }: WeightedListProps) {
  const remove = (i: number) => {
    onRemove(i);
    if (terms.length === 1) onEmptied();
  };
  if (terms.length === 0) return null;
  return (
    <ul class="terms" aria-label={title}>
      {terms.map((term, i) => (
        <TermRow
          key={term.key}
          term={term}
          onWeight={(weight) => onWeight(i, weight)}
          onRemove={() => remove(i)}
        />
      ))}
    </ul>
  );
}

interface TermRowProps {
  readonly term: Weighted;
  readonly onWeight: (weight: number) => void;
  readonly onRemove: () => void;
}

function TermRow({ term: { name, kind, weight, remark }, onWeight, onRemove }: TermRowProps) {
  return (
    <li data-less={weight < 0 || undefined}>
      <span class="term-name">
        {kind !== undefined && <span class="term-kind">{kind}</span>}
        <bdi>{name}</bdi>
      </span>
      <span class="term-figure" aria-hidden="true">
        {weightText(weight)}
      </span>
      <button type="button" class="like" aria-label={WEIGHTED.remove(name)} onClick={onRemove}>
        ×
      </button>
      <input
        type="range"
        min="-1"
        max="1"
        step="0.1"
        value={weight}
        aria-label={WEIGHTED.weight(name)}
        aria-valuetext={weightText(weight)}
        onInput={(event) => onWeight(Number(event.currentTarget.value))}
      />
      {remark !== undefined && <p class="term-remark quiet">{remark}</p>}
    </li>
  );
}

/** 0.5 → `+0.5`, −1 → `−1` */
export const weightText = (weight: number): string =>
  `${weight < 0 ? '−' : '+'}${Math.abs(weight).toLocaleString('en')}`;
