import { useId, useState } from 'preact/hooks';
import { EXAMPLES } from '../../src/images/examples.ts';
import { TEXTS } from '../texts.ts';

const CLASSIFY = TEXTS.classify;

interface AddPicturesProps {
  readonly isOver: boolean;
  /** Whether there are pictures already. */
  readonly isSmall: boolean;
  readonly onFiles: (files: readonly File[]) => void;
  readonly onUrl: (url: string) => void;
}

/** All the ways to give a picture. */
export function AddPictures({ isOver, isSmall, onFiles, onUrl }: AddPicturesProps) {
  return (
    <div class="add-pictures" data-over={isOver || undefined} data-small={isSmall || undefined}>
      {!isSmall && (
        <>
          <p class="drop-title">{CLASSIFY.drop}</p>
          <p class="quiet">{CLASSIFY.dropHint}</p>
        </>
      )}
      <div class="row">
        <FileButton text={isSmall ? CLASSIFY.more : CLASSIFY.choose} onFiles={onFiles} multiple />
        {navigator.maxTouchPoints > 0 && (
          <FileButton text={CLASSIFY.camera} onFiles={onFiles} camera />
        )}
        <UrlField onUrl={onUrl} />
      </div>
      {!isSmall && <Examples onUrl={onUrl} />}
    </div>
  );
}

interface FileButtonProps {
  readonly text: string;
  readonly onFiles: (files: readonly File[]) => void;
  readonly multiple?: boolean;
  readonly camera?: boolean;
}

function FileButton({ text, onFiles, multiple = false, camera = false }: FileButtonProps) {
  const chosen = (event: Event) => {
    const field = event.currentTarget as HTMLInputElement;
    onFiles([...(field.files ?? [])]);
    // The same file can be chosen again.
    field.value = '';
  };
  return (
    <label class="button file-button">
      <input
        type="file"
        accept="image/*"
        multiple={multiple}
        {...(camera && { capture: 'environment' as const })}
        onChange={chosen}
      />
      {text}
    </label>
  );
}

function UrlField({ onUrl }: Pick<AddPicturesProps, 'onUrl'>) {
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
        {CLASSIFY.url}
      </label>
      <input
        id={id}
        type="text"
        inputMode="url"
        autocomplete="off"
        spellcheck={false}
        placeholder={CLASSIFY.url}
        value={url}
        onInput={(event) => setUrl(event.currentTarget.value)}
      />
      <button type="submit">{CLASSIFY.addUrl}</button>
    </form>
  );
}

function Examples({ onUrl }: Pick<AddPicturesProps, 'onUrl'>) {
  return (
    <div class="examples">
      <p>{CLASSIFY.examples}</p>
      <ul>
        {EXAMPLES.map(({ file, shows }) => (
          <li key={file}>
            <button
              type="button"
              aria-label={CLASSIFY.exampleOf(shows)}
              onClick={() => onUrl(`/examples/${file}`)}
            >
              <img src={`examples/${file}`} alt="" loading="lazy" />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
