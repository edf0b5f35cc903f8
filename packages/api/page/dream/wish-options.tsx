import { useId, useState } from 'preact/hooks';
import type { ServedModel } from '../server/facts.ts';
import { TEXTS } from '../texts.ts';
import { anotherSeed, isSeed, QUALITIES, type Quality, SIZES, type Wish } from './wish.ts';

const DREAM = TEXTS.dream;

interface WishOptionsProps {
  readonly wish: Wish;
  readonly onWish: (change: Partial<Wish>) => void;
  readonly models: readonly ServedModel[];
}

/** How much work goes into the picture, its size, its seed, and who draws it. */
export function WishOptions({ wish, onWish, models }: WishOptionsProps) {
  return (
    <details class="panel">
      <summary>{DREAM.options}</summary>
      <label class="field">
        <span>{DREAM.quality}</span>
        <select
          value={wish.quality}
          onChange={(event) => onWish({ quality: event.currentTarget.value as Quality })}
        >
          {QUALITIES.map((one) => (
            <option key={one} value={one}>
              {DREAM.qualities[one]}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{DREAM.size}</span>
        <select
          value={wish.size}
          onChange={(event) => onWish({ size: Number(event.currentTarget.value) })}
        >
          {sizesWith(wish.size).map((side) => (
            <option key={side} value={side}>
              {DREAM.pixels(side)}
            </option>
          ))}
        </select>
      </label>
      <Seed seed={wish.seed} onSeed={(seed) => onWish({ seed })} />
      {models.length > 1 && (
        <fieldset class="field" aria-label={DREAM.models}>
          <span>{DREAM.models}</span>
          {models.map(({ name }, i) => (
            <label key={name} class="check">
              <input
                type="checkbox"
                checked={wish.models.length === 0 ? i === 0 : wish.models.includes(name)}
                onChange={() => onWish({ models: toggled(models, wish.models, name) })}
              />
              <bdi>{name}</bdi>
            </label>
          ))}
        </fieldset>
      )}
    </details>
  );
}

/** A picture that was not begun here may have another one. */
const sizesWith = (size: number): readonly number[] =>
  SIZES.includes(size) ? SIZES : [...SIZES, size].sort((a, b) => a - b);

/** In the order in which they are served. The last one cannot be taken away. */
function toggled(
  models: readonly ServedModel[],
  chosen: readonly string[],
  name: string,
): readonly string[] {
  const before = chosen.length === 0 ? models.slice(0, 1).map((one) => one.name) : chosen;
  const has = before.includes(name);
  const after = models
    .map((one) => one.name)
    .filter((one) => (one === name ? !has : before.includes(one)));
  return after.length === 0 ? before : after;
}

interface SeedProps {
  readonly seed: number;
  readonly onSeed: (seed: number) => void;
}

function Seed({ seed, onSeed }: SeedProps) {
  const id = useId();
  const [typed, setTyped] = useState<string>();
  const take = (text: string) => {
    const number = Number(text);
    const isGood = text.trim() !== '' && isSeed(number);
    setTyped(isGood ? undefined : text);
    if (isGood) onSeed(number);
  };
  return (
    <div class="field">
      <label for={id}>{DREAM.seed}</label>
      <div class="joined">
        <input
          id={id}
          type="text"
          inputMode="numeric"
          autocomplete="off"
          aria-describedby={`${id}-hint`}
          value={typed ?? String(seed)}
          onInput={(event) => take(event.currentTarget.value)}
          onBlur={() => setTyped(undefined)}
        />
        <button type="button" onClick={() => onSeed(anotherSeed(seed))}>
          {DREAM.anotherSeed}
        </button>
      </div>
      <p id={`${id}-hint`} class="quiet">
        {DREAM.seedHint}
      </p>
    </div>
  );
}
