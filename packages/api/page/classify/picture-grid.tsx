import { useState } from 'preact/hooks';
import { scoreText } from '../parts/figures.ts';
import { TEXTS } from '../texts.ts';
import { isRejected, type Picture, previewOf } from './picture.ts';

const MANY = TEXTS.many;

interface PictureGridProps {
  readonly pictures: readonly Picture[];
  readonly selected: Picture | undefined;
  readonly rejectBelow: number;
  readonly onSelect: (picture: Picture) => void;
}

/** All pictures with their best labels, filtered by label, and how far the answers are. */
export function PictureGrid({ pictures, selected, rejectBelow, onSelect }: PictureGridProps) {
  const [filter, setFilter] = useState<string>();
  const groups = Map.groupBy(pictures, (one) => groupOf(one, rejectBelow));
  const names = [...groups.keys()].sort(
    (a, b) => Number(a < 'label:') - Number(b < 'label:') || (a < b ? -1 : 1),
  );
  const active = filter !== undefined && groups.has(filter) ? filter : undefined;
  const shown = active === undefined ? pictures : groups.get(active)!;
  const done = pictures.filter(({ outcome }) => outcome?.answer !== undefined).length;
  const failed = groups.get('failed')?.length ?? 0;
  return (
    <section class="stack many" aria-label={MANY.title}>
      <h2>{MANY.title}</h2>
      <p role="status">{MANY.progress(done, failed, pictures.length)}</p>
      <progress
        aria-label={MANY.title}
        max={pictures.length}
        value={done + failed}
        hidden={done + failed === pictures.length}
      />
      <fieldset class="row" aria-label={MANY.filter}>
        {[undefined, ...names].map((name) => (
          <button
            key={name ?? ''}
            type="button"
            class="choice"
            aria-pressed={name === active}
            onClick={() => setFilter(name)}
          >
            <bdi>{name === undefined ? MANY.all : groupText(name)}</bdi>{' '}
            <span class="count">{(name === undefined ? pictures : groups.get(name)!).length}</span>
          </button>
        ))}
      </fieldset>
      <ul class="grid">
        {shown.map((one) => (
          <li key={one.id}>
            <Tile
              picture={one}
              isSelected={one.id === selected?.id}
              rejectBelow={rejectBelow}
              onSelect={onSelect}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface TileProps extends Pick<PictureGridProps, 'rejectBelow' | 'onSelect'> {
  readonly picture: Picture;
  readonly isSelected: boolean;
}

function Tile({ picture, isSelected, rejectBelow, onSelect }: TileProps) {
  const preview = previewOf(picture);
  const best = picture.outcome?.answer?.scores[0];
  const group = groupOf(picture, rejectBelow);
  return (
    <button type="button" class="tile" aria-pressed={isSelected} onClick={() => onSelect(picture)}>
      {preview === undefined ? (
        <span class="no-preview" aria-hidden="true" />
      ) : (
        <img src={preview} alt="" loading="lazy" referrerpolicy="no-referrer" />
      )}
      <span class="tile-name">
        <bdi>{picture.name}</bdi>
      </span>
      <span class="tile-label" data-failed={group === 'failed' || undefined}>
        <bdi>{groupText(group)}</bdi>
        {best !== undefined && group !== 'none' && <> {scoreText(best.probability, best.cosine)}</>}
      </span>
    </button>
  );
}

/** `label:cat`, or what stands for the answer. */
function groupOf({ outcome }: Picture, rejectBelow: number): string {
  if (outcome === undefined) return 'waiting';
  if (outcome.answer === undefined) return 'failed';
  if (isRejected(outcome.answer, rejectBelow)) return 'none';
  return `label:${outcome.answer.scores[0]?.label ?? ''}`;
}

function groupText(group: string): string {
  if (group === 'waiting') return MANY.waiting;
  if (group === 'failed') return MANY.refused;
  return group === 'none' ? MANY.none : group.slice('label:'.length);
}
