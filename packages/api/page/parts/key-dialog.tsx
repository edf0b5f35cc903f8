import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { isSendable, onKeyWanted } from '../server/key.ts';
import { TEXTS } from '../texts.ts';

const KEY = TEXTS.key;

interface Wanted {
  /** Whether the server has just refused the last one. */
  readonly isRefused: boolean;
  readonly answer: (key: string | undefined) => void;
}

/** Asks for a key when the server wants one. */
export function KeyDialog() {
  const [wanted, setWanted] = useState<Wanted>();
  const [isUnsendable, setUnsendable] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    onKeyWanted((isRefused) => new Promise((answer) => setWanted({ isRefused, answer })));
    return () => onKeyWanted(undefined);
  }, []);
  useLayoutEffect(() => {
    if (wanted !== undefined) dialog.current?.showModal();
  }, [wanted]);

  const end = (key: string | undefined) => {
    wanted?.answer(key);
    setUnsendable(false);
    setWanted(undefined);
    dialog.current?.close();
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const key = String(new FormData(form).get('key') ?? '').trim();
    form.reset();
    if (isSendable(key)) end(key);
    else setUnsendable(key !== '');
  };
  const problem = isUnsendable ? KEY.unsendable : wanted?.isRefused && KEY.refused;
  return (
    <dialog ref={dialog} aria-labelledby="key-title" onCancel={() => end(undefined)}>
      <form class="stack" onSubmit={submit}>
        <h2 id="key-title">{KEY.title}</h2>
        <label class="field">
          <span>{KEY.label}</span>
          <input type="password" name="key" autocomplete="off" required />
        </label>
        {problem && (
          <p class="error-note" role="alert">
            {problem}
          </p>
        )}
        <p class="quiet">{KEY.kept}</p>
        <div class="row">
          <button type="submit" class="primary">
            {KEY.use}
          </button>
          <button type="button" onClick={() => end(undefined)}>
            {KEY.cancel}
          </button>
        </div>
      </form>
    </dialog>
  );
}
