import { WithCode } from '../parts/with-code.tsx';
import { TEXTS } from '../texts.ts';
import type { Addition } from './use-additions.ts';

const TEACH = TEXTS.teach;

interface WaitingTileProps {
  readonly addition: Addition;
}

/** A picture on its way into a class. */
export function WaitingTile({ addition: { name, prepared } }: WaitingTileProps) {
  return (
    <li class="example" data-waiting>
      {prepared?.preview === undefined ? (
        <span class="example-text">
          <bdi>{name}</bdi>
        </span>
      ) : (
        <img src={prepared.preview} alt={name} />
      )}
      <span class="example-mistake">{prepared ? TEACH.learning : TEACH.waiting}</span>
    </li>
  );
}

interface RefusedNoteProps extends WaitingTileProps {
  readonly onRetry: () => void;
  readonly onDismiss: () => void;
}

/** A picture that was not learned, and why. */
export function RefusedNote({ addition, onRetry, onDismiss }: RefusedNoteProps) {
  const { name, error } = addition;
  return (
    <div class="error-note refused" role="alert">
      <p>
        <bdi>{TEACH.refused(name)}</bdi>
      </p>
      <p dir="auto">
        <WithCode text={error ?? ''} />
      </p>
      <div class="row">
        <button type="button" onClick={onRetry}>
          {TEXTS.frame.tryAgain}
        </button>
        <button type="button" class="plain" onClick={onDismiss}>
          {TEACH.dismiss}
        </button>
      </div>
    </div>
  );
}
