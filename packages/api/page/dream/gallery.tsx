import { ServerPicture } from '../parts/server-picture.tsx';
import { TEXTS } from '../texts.ts';
import { type Picture, promptsText } from './picture.ts';

const DREAM = TEXTS.dream;

interface GalleryProps {
  readonly pictures: readonly Picture[];
  readonly shown: Picture | undefined;
  readonly hasMore: boolean;
  readonly onMore: () => void;
  readonly onOpen: (id: string) => void;
}

/** All pictures, the newest first. */
export function Gallery({ pictures, shown, hasMore, onMore, onOpen }: GalleryProps) {
  return (
    <section class="stack" aria-label={DREAM.gallery}>
      <h2>{DREAM.gallery}</h2>
      <ul class="dreams">
        {pictures.map((picture) => {
          const { id, imageUrl, state } = picture;
          return (
            <li key={id}>
              <button
                type="button"
                class="dream-tile"
                aria-pressed={id === shown?.id}
                onClick={() => onOpen(id)}
              >
                {imageUrl === null ? (
                  <span class="no-preview" aria-hidden="true" />
                ) : (
                  <ServerPicture path={imageUrl} alt="" />
                )}
                <span class="dream-title">
                  <bdi>{promptsText(picture, DREAM.away)}</bdi>
                </span>
                {state !== 'DONE' && <span class="quiet">{progressText(picture)}</span>}
              </button>
            </li>
          );
        })}
      </ul>
      {hasMore && (
        <button type="button" class="more" onClick={onMore}>
          {DREAM.more}
        </button>
      )}
    </section>
  );
}

function progressText({ state, stepsDone, steps }: Picture): string {
  const step = DREAM.steps(stepsDone, steps);
  if (state === 'RUNNING') return step;
  return state === 'PAUSED' ? `${DREAM.states[state]} · ${step}` : DREAM.states[state];
}
