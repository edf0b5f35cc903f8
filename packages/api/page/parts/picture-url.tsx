import { useId, useState } from 'preact/hooks';
import { TEXTS } from '../texts.ts';

interface PictureUrlProps {
  readonly onUrl: (url: string) => void;
}

/** A field for the address of a picture. */
export function PictureUrl({ onUrl }: PictureUrlProps) {
  const [url, setUrl] = useState('');
  const id = useId();
  const submit = (event: Event) => {
    event.preventDefault();
    if (url.trim() === '') return;
    onUrl(url.trim());
    setUrl('');
  };
  return (
    <form class="url-field" onSubmit={submit}>
      <label class="visually-hidden" for={id}>
        {TEXTS.pictures.url}
      </label>
      <input
        id={id}
        type="text"
        inputMode="url"
        autocomplete="off"
        spellcheck={false}
        placeholder={TEXTS.pictures.url}
        value={url}
        onInput={(event) => setUrl(event.currentTarget.value)}
      />
      <button type="submit">{TEXTS.pictures.addUrl}</button>
    </form>
  );
}
