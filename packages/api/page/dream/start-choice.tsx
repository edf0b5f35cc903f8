import { CameraButton } from '../parts/camera-button.tsx';
import { percent } from '../parts/figures.ts';
import { FileButton } from '../parts/file-button.tsx';
import { PictureUrl } from '../parts/picture-url.tsx';
import { TEXTS } from '../texts.ts';
import type { StartPicture } from './use-start-picture.ts';
import type { Wish } from './wish.ts';

const DREAM = TEXTS.dream;

interface StartChoiceProps {
  readonly wish: Wish;
  readonly onWish: (change: Partial<Wish>) => void;
  readonly start: StartPicture;
}

/** A picture to begin with, and how firmly it is kept. */
export function StartChoice({ wish, onWish, start }: StartChoiceProps) {
  const { name, preview, change } = start;
  const onFiles = ([file]: readonly File[]) => {
    start.setFile(file);
    onWish({ from: '' });
  };
  return (
    <details class="panel" open={name !== undefined}>
      <summary>{DREAM.from}</summary>
      <p class="quiet">{DREAM.fromHint}</p>
      <div class="row">
        <FileButton text={TEXTS.pictures.chooseOne} onFiles={onFiles} />
        <CameraButton onFiles={onFiles} />
        <PictureUrl onUrl={(from) => onWish({ from })} />
      </div>
      {name !== undefined && (
        <>
          <div class="start-picture">
            {preview === undefined ? (
              <span class="no-preview" aria-hidden="true" />
            ) : (
              <img src={preview} alt={DREAM.fromPicture} />
            )}
            <div class="stack">
              <bdi class="start-name">{name.startsWith('data:') ? 'data:' : name}</bdi>
              {change !== undefined && <p class="quiet">{change}</p>}
              <button
                type="button"
                class="plain"
                onClick={() => {
                  start.setFile(undefined);
                  onWish({ from: '' });
                }}
              >
                {DREAM.removeFrom}
              </button>
            </div>
          </div>
          <label class="field">
            <span>
              {DREAM.keep}: <output>{percent(wish.keep)}</output>
            </span>
            <input
              type="range"
              min="0"
              max="1"
              step="0.05"
              value={wish.keep}
              onInput={(event) => onWish({ keep: Number(event.currentTarget.value) })}
            />
          </label>
        </>
      )}
    </details>
  );
}
