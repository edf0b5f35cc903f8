import { CameraButton } from '../parts/camera-button.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { ExamplePictures } from '../parts/example-pictures.tsx';
import { scoreText } from '../parts/figures.ts';
import { FileButton } from '../parts/file-button.tsx';
import { PictureUrl } from '../parts/picture-url.tsx';
import { ScoreBars } from '../parts/score-bars.tsx';
import { TEXTS } from '../texts.ts';
import type { Trial } from './use-trial.ts';

const TEACH = TEXTS.teach;

interface TryPanelProps {
  readonly trial: Trial;
}

/** A picture that the classifier is tried on, and what it says of it. */
export function TryPanel({ trial }: TryPanelProps) {
  const { name, preview, answer, isStale, error } = trial;
  const [best] = answer?.scores ?? [];
  const said =
    best === undefined || isStale
      ? ''
      : TEXTS.answer.best(best.label, scoreText(best.probability, best.cosine));
  return (
    <section class="stack" aria-labelledby="teach-try" aria-busy={name !== undefined && isStale}>
      <h2 id="teach-try">{TEACH.tryTitle}</h2>
      {name === undefined ? (
        <p class="quiet">{TEACH.tryHint}</p>
      ) : (
        <div class="trial">
          {preview === undefined ? (
            <p class="trial-picture example-text">
              <bdi>{name}</bdi>
            </p>
          ) : (
            <img
              class="trial-picture"
              src={preview}
              alt={TEACH.tried}
              referrerpolicy="no-referrer"
            />
          )}
          <div class="stack">
            {answer === undefined && error === undefined && (
              <p class="quiet">{TEXTS.classify.asking}</p>
            )}
            {answer !== undefined && (
              <ScoreBars
                scores={answer.scores}
                title={TEXTS.answer.title}
                isStale={isStale}
                isAccepted
              />
            )}
          </div>
        </div>
      )}
      <p class="visually-hidden" role="status">
        {said}
      </p>
      {error !== undefined && <ErrorNote error={error} onRetry={trial.retry} />}
      <div class="row">
        <FileButton
          text={name === undefined ? TEACH.tryChoose : TEACH.tryAnother}
          onFiles={([file]) => trial.onFile(file)}
        />
        <CameraButton onFiles={([file]) => trial.onFile(file)} />
        <PictureUrl onUrl={trial.onUrl} />
      </div>
      {name === undefined && <ExamplePictures onUrl={trial.onUrl} />}
    </section>
  );
}
