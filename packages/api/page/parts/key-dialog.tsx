import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { isSendable, onKeyWanted } from '../server/key.ts';
import { TEXTS } from '../texts.ts';
import { WithCode } from './with-code.tsx';

interface Wanted {
  readonly sentence: string;
  readonly answer: (key: string | undefined) => void;
}

/** Asks for a key when the server wants one. */
export function KeyDialog() {
  const [wanted, setWanted] = useState<Wanted>();
  const [isRefused, setRefused] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    onKeyWanted((sentence) => new Promise((answer) => setWanted({ sentence, answer })));
    return () => onKeyWanted(undefined);
  }, []);
  useLayoutEffect(() => {
    if (wanted !== undefined) dialog.current?.showModal();
  }, [wanted]);

  const end = (key: string | undefined) => {
    wanted?.answer(key);
    setRefused(false);
    setWanted(undefined);
    dialog.current?.close();
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const key = String(new FormData(form).get('key') ?? '').trim();
    form.reset();
    if (isSendable(key)) end(key);
    else setRefused(key !== '');
  };
  return (
    <dialog ref={dialog} aria-labelledby="key-title" onCancel={() => end(undefined)}>
      <form class="stack" onSubmit={submit}>
        <h2 id="key-title">{TEXTS.key.title}</h2>
        <p dir="auto">
          <WithCode text={wanted?.sentence ?? ''} />
        </p>
        <label class="field">
          <span>{TEXTS.key.label}</span>
          <input type="password" name="key" autocomplete="off" required />
        </label>
        {isRefused && (
          <p class="error-note" role="alert">
            {TEXTS.key.unsendable}
          </p>
        )}
        <p class="quiet">{TEXTS.key.kept}</p>
        <div class="row">
          <button type="submit" class="primary">
            {TEXTS.key.use}
          </button>
          <button type="button" onClick={() => end(undefined)}>
            {TEXTS.key.cancel}
          </button>
        </div>
      </form>
    </dialog>
  );
}
