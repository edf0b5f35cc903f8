import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { ErrorNote } from './error-note.tsx';
import { useModal } from './use-modal.ts';

interface ConfirmDialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
  /** The button that changes nothing, and the one that goes ahead. */
  readonly texts: { readonly keep: string; readonly go: string };
  /** @returns once it is done. */
  readonly onGo: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks before something is done that cannot be undone. */
export function ConfirmDialog({ title, children, texts, onGo, onClose }: ConfirmDialogProps) {
  const dialog = useModal();
  const [error, setError] = useState<Error>();
  const [isGoing, setIsGoing] = useState(false);
  const id = useId();
  const go = () => {
    setError(undefined);
    setIsGoing(true);
    onGo()
      .then(() => dialog.current?.close(), setError)
      .finally(() => setIsGoing(false));
  };
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <div class="stack">
        <h2 id={id} dir="auto">
          {title}
        </h2>
        {children}
        {error !== undefined && <ErrorNote error={error} />}
        <div class="row">
          <button type="button" onClick={() => dialog.current?.close()}>
            {texts.keep}
          </button>
          <button type="button" class="danger" disabled={isGoing} onClick={go}>
            {texts.go}
          </button>
        </div>
      </div>
    </dialog>
  );
}
