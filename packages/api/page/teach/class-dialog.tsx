import { useId, useState } from 'preact/hooks';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { useModal } from '../parts/use-modal.ts';
import { TEXTS } from '../texts.ts';
import type { TaughtClass } from './classifier.ts';

const TEACH = TEXTS.teach;

type KnownBy = 'label' | 'texts' | 'pictures';

interface ClassDialogProps {
  /** Undefined for a new one. */
  readonly taught: TaughtClass | undefined;
  readonly onSave: (label: string, texts: readonly string[] | null) => Promise<unknown>;
  readonly onRemove: (label: string) => Promise<unknown>;
  readonly onClose: () => void;
}

/** What a class is called, and what words stand for it. */
export function ClassDialog({ taught, onSave, onRemove, onClose }: ClassDialogProps) {
  const dialog = useModal();
  const [label, setLabel] = useState(taught?.label ?? '');
  const [knownBy, setKnownBy] = useState(() => knownByOf(taught));
  const [texts, setTexts] = useState(taught?.texts?.join('\n') ?? '');
  const [error, setError] = useState<Error>();
  const [isSaving, setIsSaving] = useState(false);
  const [isRemoving, setIsRemoving] = useState(false);
  const id = useId();

  const save = (event: Event) => {
    event.preventDefault();
    setError(undefined);
    setIsSaving(true);
    onSave(label.trim(), textsOf(knownBy, texts))
      .then(() => dialog.current?.close(), setError)
      .finally(() => setIsSaving(false));
  };
  if (isRemoving) {
    return (
      <ConfirmDialog
        title={TEACH.removeClassTitle(taught!.label)}
        texts={{ keep: TEACH.keep, go: TEACH.removeClassNow }}
        onGo={() => onRemove(taught!.label)}
        onClose={onClose}
      >
        <p>{TEACH.removeClassLead(taught!.exampleCount)}</p>
      </ConfirmDialog>
    );
  }
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <form class="stack" onSubmit={save}>
        <h2 id={id} dir="auto">
          {taught === undefined ? TEACH.newClass : TEACH.editClass(taught.label)}
        </h2>
        <label class="field">
          <span>{TEACH.label}</span>
          <input
            type="text"
            required
            autocomplete="off"
            dir="auto"
            value={label}
            onInput={(event) => setLabel(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>{TEACH.knownBy}</span>
          <select
            value={knownBy}
            onChange={(event) => setKnownBy(event.currentTarget.value as KnownBy)}
          >
            <option value="label">{TEACH.asLabel}</option>
            <option value="texts">{TEACH.asTexts}</option>
            {/* Without words it needs pictures, which a new class has none of yet. */}
            <option value="pictures" disabled={!taught?.exampleCount}>
              {TEACH.asPictures}
            </option>
          </select>
        </label>
        {knownBy === 'texts' && (
          <label class="field">
            <span>{TEACH.texts}</span>
            <textarea
              rows={4}
              required
              dir="auto"
              value={texts}
              onInput={(event) => setTexts(event.currentTarget.value)}
            />
          </label>
        )}
        {error !== undefined && <ErrorNote error={error} />}
        <div class="row">
          <button type="submit" class="primary" disabled={isSaving}>
            {TEACH.save}
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            {TEACH.cancel}
          </button>
          {taught !== undefined && (
            <button type="button" class="plain" onClick={() => setIsRemoving(true)}>
              {TEACH.removeClass}
            </button>
          )}
        </div>
      </form>
    </dialog>
  );
}

function knownByOf(taught: TaughtClass | undefined): KnownBy {
  if (taught === undefined || taught.texts === null) return 'label';
  return taught.texts.length === 0 ? 'pictures' : 'texts';
}

function textsOf(knownBy: KnownBy, typed: string): readonly string[] | null {
  if (knownBy === 'label') return null;
  if (knownBy === 'pictures') return [];
  return typed
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
