import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { FactList } from '../parts/fact-list.tsx';
import { ServerPicture } from '../parts/server-picture.tsx';
import { weightText } from '../parts/weighted-list.tsx';
import { ServerError } from '../server/ask.ts';
import { TEXTS } from '../texts.ts';
import { DownloadButton } from './download-button.tsx';
import { isFinal, isUnderWay, type Picture, type PictureChange, promptsText } from './picture.ts';

const DREAM = TEXTS.dream;

interface DrawingProps {
  readonly picture: Picture;
  /** @throws ServerError. */
  readonly onChange: (change: PictureChange) => Promise<void>;
  /** Its settings are to be those of the next one. */
  readonly onUse: () => void;
  /** Gets what there is to look at. */
  readonly place: RefObject<HTMLDivElement | null>;
}

/** A picture as it is now, how far it is, and what can be done with it. */
export function Drawing({ picture, onChange, onUse, place }: DrawingProps) {
  const { state, imageUrl, steps, stepsDone, error } = picture;
  const [refusal, setRefusal] = useState<Error>();
  const [isDeleting, setIsDeleting] = useState(false);
  const ask = (change: PictureChange) => {
    setRefusal(undefined);
    onChange(change).catch(setRefusal);
  };
  const title = promptsText(picture, DREAM.away);
  return (
    <article class="stack drawing" aria-label={DREAM.shown}>
      <div class="stack drawing-place" ref={place}>
        <div class="drawing-picture" data-pending={imageUrl === null || undefined}>
          {imageUrl === null ? (
            <p class="quiet">{isUnderWay(picture) && DREAM.first}</p>
          ) : (
            <ServerPicture path={imageUrl} alt={DREAM.pictureOf(title)} />
          )}
        </div>
        <h2 class="drawing-title">
          <bdi>{title}</bdi>
        </h2>
        <p class="visually-hidden" role="status">
          {DREAM.states[state]}
        </p>
        {!isFinal(picture) && (
          <progress aria-label={DREAM.figures.step} max={steps} value={stepsDone} />
        )}
        <p class="quiet">{progressText(picture)}</p>
      </div>
      {error !== null && <ErrorNote error={new ServerError(error.message)} />}
      {refusal !== undefined && <ErrorNote error={refusal} />}
      <div class="row">
        {isUnderWay(picture) && (
          <button type="button" onClick={() => ask('pausePicture')}>
            {DREAM.pause}
          </button>
        )}
        {(state === 'PAUSED' || state === 'FAILED') && (
          <button type="button" class="primary" onClick={() => ask('resumePicture')}>
            {DREAM.resume}
          </button>
        )}
        {!isFinal(picture) && (
          <button type="button" onClick={() => ask('cancelPicture')}>
            {DREAM.cancel}
          </button>
        )}
        {imageUrl !== null && (
          <DownloadButton text={DREAM.download} path={imageUrl} name={fileName(title)} />
        )}
        <button type="button" onClick={onUse}>
          {DREAM.again}
        </button>
        <button type="button" class="plain" onClick={() => setIsDeleting(true)}>
          {DREAM.remove}
        </button>
      </div>
      <Figures picture={picture} />
      {isDeleting && (
        <ConfirmDialog
          title={DREAM.removeTitle}
          texts={{ keep: DREAM.keepIt, go: DREAM.removeNow }}
          onGo={() => onChange('deletePicture')}
          onClose={() => setIsDeleting(false)}
        >
          <p>{DREAM.removeLead}</p>
        </ConfirmDialog>
      )}
    </article>
  );
}

function Figures({ picture }: Pick<DrawingProps, 'picture'>) {
  const { loss, score, seed, size, models, prompts, negativePrompts } = picture;
  const weighted = [
    ...prompts,
    ...negativePrompts.map(({ text, weight }) => ({ text, weight: -weight })),
  ];
  const facts: readonly (readonly [string, string | undefined])[] = [
    [DREAM.figures.loss, figure(loss)],
    [DREAM.figures.score, figure(score)],
    [DREAM.figures.size, DREAM.pixels(size)],
    [DREAM.figures.seed, String(seed)],
    [DREAM.figures.model, models.join(', ')],
    [
      DREAM.figures.weights,
      weighted.some(({ weight }) => weight !== 1)
        ? weighted.map(({ text, weight }) => `${weightText(weight)} ${text}`).join(', ')
        : undefined,
    ],
  ];
  return (
    <>
      <FactList facts={facts} />
      {score !== null && <p class="quiet">{DREAM.scoreHint}</p>}
    </>
  );
}

function progressText({ state, stepsDone, steps, secondsLeft }: Picture): string {
  const parts = [DREAM.states[state], DREAM.steps(stepsDone, steps)];
  if (state === 'RUNNING' && secondsLeft !== null) parts.push(DREAM.left(secondsLeft));
  return parts.join(' · ');
}

/** −0.3551 → `−0.355` */
const figure = (value: number | null): string | undefined => value?.toFixed(3).replace('-', '−');

/** `a jellyfish` → `a-jellyfish.png` */
const fileName = (title: string): string =>
  `${
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
      .replaceAll(/^-|-$/g, '')
      .slice(0, 60) || 'picture'
  }.png`;
