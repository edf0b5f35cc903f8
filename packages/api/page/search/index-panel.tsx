import { useId, useState } from 'preact/hooks';
import { EXAMPLES } from '../../src/images/examples.ts';
import { isPicture, pathOf } from '../parts/dropped-files.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { FileButton } from '../parts/file-button.tsx';
import { Remarks } from '../parts/remarks.tsx';
import { TEXTS } from '../texts.ts';
import { addressesIn, type NewPicture, pictureAt, pictureOf } from './upload-batches.ts';
import type { Progress, Report } from './use-sending.ts';

const INDEX = TEXTS.index;

interface IndexPanelProps {
  /** Whether the collection has nothing yet. */
  readonly isEmpty: boolean;
  readonly isOver: boolean;
  /** Of what is being sent, to whichever collection. */
  readonly progress: Progress | undefined;
  /** Of this collection. */
  readonly report: Report;
  readonly onPictures: (pictures: readonly NewPicture[]) => void;
  readonly onFiles: (files: readonly File[]) => void;
  readonly onStop: () => void;
}

/** Files, folders and addresses to add to the collection. */
export function IndexPanel({
  isEmpty,
  isOver,
  progress,
  report,
  onPictures,
  onFiles,
  onStop,
}: IndexPanelProps) {
  const { error, skipped, scaled } = report;
  const isSending = progress !== undefined;
  const hasNews = error !== undefined || skipped.length + scaled.length > 0;
  const isOpen = isEmpty || isSending || hasNews;
  return (
    <details class="panel index-panel" data-over={isOver || undefined} open={isOpen}>
      <summary>{INDEX.title}</summary>
      <p class="quiet">{INDEX.lead}</p>
      <div class="row">
        <FileButton text={INDEX.files} onFiles={onFiles} multiple />
        <FileButton text={INDEX.folder} onFiles={onFiles} multiple folder />
        <span class="quiet">{INDEX.drop}</span>
      </div>
      <Addresses onPictures={onPictures} />
      <button
        type="button"
        class="plain"
        disabled={isSending}
        onClick={() => onPictures(samplePictures())}
      >
        {INDEX.samples}
      </button>
      {progress !== undefined && (
        <div class="row">
          <span role="status">{sendingText(progress)}</span>
          {progress.parts > 1 && (
            <button type="button" onClick={onStop}>
              {INDEX.stop}
            </button>
          )}
        </div>
      )}
      {error !== undefined && <ErrorNote error={error} />}
      <FileNotes title={INDEX.skipped(skipped.length)} sentences={skipped} />
      <FileNotes title={INDEX.scaledCount(scaled.length)} sentences={scaled} />
    </details>
  );
}

interface FileNotesProps {
  readonly title: string;
  readonly sentences: readonly string[];
}

/** What is said of single files. */
function FileNotes({ title, sentences }: FileNotesProps) {
  if (sentences.length === 0) return null;
  return (
    <div class="notice" role="status">
      <p>{title}</p>
      <Remarks sentences={sentences.slice(0, SHOWN_NOTES)} />
    </div>
  );
}

/** The first of many say enough. */
const SHOWN_NOTES = 20;

function sendingText({ part, parts, isWaiting }: Progress): string {
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

/** Which of the files are pictures, and a sentence for each that is none. */
export function sortedFiles(files: readonly File[]): Sorted {
  const [pictures, others] = [files.filter(isPicture), files.filter((file) => !isPicture(file))];
  return {
    pictures: pictures.map(pictureOf),
    skipped: others.map((file) => INDEX.noPicture(pathOf(file))),
  };
}

interface AddressesProps {
  readonly onPictures: (pictures: readonly NewPicture[]) => void;
}

function Addresses({ onPictures }: AddressesProps) {
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
      <button type="submit" disabled={addresses.length === 0}>
        {INDEX.addUrls(addresses.length)}
      </button>
    </form>
  );
}
