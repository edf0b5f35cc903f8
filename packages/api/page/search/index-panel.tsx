import { useId, useState } from 'preact/hooks';
import { EXAMPLES } from '../../src/images/examples.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { byteText } from '../parts/figures.ts';
import { FileButton } from '../parts/file-button.tsx';
import { TEXTS } from '../texts.ts';
import { addressesIn, isPicture, type NewPicture, pictureAt, pictureOf } from './upload-batches.ts';
import type { Sending } from './use-sending.ts';

const INDEX = TEXTS.index;

interface IndexPanelProps {
  /** Whether the collection has nothing yet. */
  readonly isEmpty: boolean;
  readonly isOver: boolean;
  readonly sending: Sending;
  readonly onPictures: (pictures: readonly NewPicture[]) => void;
  readonly onFiles: (files: readonly File[]) => void;
  readonly onStop: () => void;
  /** Files that were not sent, and why. */
  readonly skipped: readonly string[];
}

/** Files, folders and addresses to add to the collection. */
export function IndexPanel({
  isEmpty,
  isOver,
  sending,
  onPictures,
  onFiles,
  onStop,
  skipped,
}: IndexPanelProps) {
  const isSending = sending.part !== undefined;
  const isOpen = isEmpty || isSending || sending.error !== undefined || skipped.length > 0;
  return (
    <details class="panel index-panel" data-over={isOver || undefined} open={isOpen}>
      <summary>{INDEX.title}</summary>
      <p class="quiet">{INDEX.lead}</p>
      <div class="row">
        <FileButton text={INDEX.files} disabled={isSending} onFiles={onFiles} multiple />
        <FileButton text={INDEX.folder} disabled={isSending} onFiles={onFiles} multiple folder />
        <span class="quiet">{INDEX.drop}</span>
      </div>
      <Addresses isDisabled={isSending} onPictures={onPictures} />
      <button
        type="button"
        class="plain"
        disabled={isSending}
        onClick={() => onPictures(samplePictures())}
      >
        {INDEX.samples}
      </button>
      {isSending && (
        <div class="row">
          <span role="status">{sendingText(sending)}</span>
          {sending.parts > 1 && (
            <button type="button" onClick={onStop}>
              {INDEX.stop}
            </button>
          )}
        </div>
      )}
      {sending.error !== undefined && <ErrorNote error={sending.error} />}
      {skipped.length > 0 && (
        <div class="notice" role="status">
          <p>{INDEX.skipped(skipped.length)}</p>
          <ul class="quiet">
            {skipped.slice(0, 20).map((sentence) => (
              <li key={sentence} dir="auto">
                {sentence}
              </li>
            ))}
          </ul>
        </div>
      )}
    </details>
  );
}

function sendingText({ part = 0, parts, isWaiting }: Sending): string {
  return isWaiting ? INDEX.waiting(part, parts) : INDEX.sending(part, parts);
}

/** The photographs that come with the server, with what is known of them. */
export const samplePictures = (): readonly NewPicture[] =>
  EXAMPLES.map(({ file, photographer, year }) => ({
    key: file,
    metadata: { photographer, year },
    source: `/examples/${file}`,
  }));

interface Sorted {
  readonly pictures: readonly NewPicture[];
  readonly skipped: readonly string[];
}

/** Which of the files can be sent, and why the others cannot. */
export function sortedFiles(files: readonly File[], maxBytes: number): Sorted {
  const pictures: NewPicture[] = [];
  const skipped: string[] = [];
  for (const file of files) {
    const name = file.webkitRelativePath || file.name;
    if (!isPicture(file)) skipped.push(INDEX.noPicture(name));
    else if (file.size > maxBytes)
      skipped.push(INDEX.tooLarge(name, byteText(file.size), byteText(maxBytes)));
    else pictures.push(pictureOf(file));
  }
  return { pictures, skipped };
}

interface AddressesProps {
  readonly isDisabled: boolean;
  readonly onPictures: (pictures: readonly NewPicture[]) => void;
}

function Addresses({ isDisabled, onPictures }: AddressesProps) {
  const id = useId();
  const [text, setText] = useState('');
  const addresses = addressesIn(text);
  const submit = (event: Event) => {
    event.preventDefault();
    if (addresses.length === 0) return;
    onPictures(addresses.map(pictureAt));
    setText('');
  };
  return (
    <form class="stack" onSubmit={submit}>
      <label class="field" for={id}>
        <span>{INDEX.urls}</span>
      </label>
      <textarea
        id={id}
        rows={3}
        spellcheck={false}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" disabled={isDisabled || addresses.length === 0}>
        {INDEX.addUrls(addresses.length)}
      </button>
    </form>
  );
}
