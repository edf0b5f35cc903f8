import { TEXTS } from '../texts.ts';
import { WithCode } from './with-code.tsx';

interface ErrorNoteProps {
  readonly error: Error;
  readonly onRetry?: (() => void) | undefined;
}

/** What went wrong, in the server's own words, where it went wrong. */
export function ErrorNote({ error, onRetry }: ErrorNoteProps) {
  return (
    <div class="error-note" role="alert">
      <p dir="auto">
        <WithCode text={error.message} />
      </p>
      {onRetry !== undefined && (
        <button type="button" onClick={onRetry}>
          {TEXTS.frame.tryAgain}
        </button>
      )}
    </div>
  );
}
