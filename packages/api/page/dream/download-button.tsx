import { useState } from 'preact/hooks';
import { ErrorNote } from '../parts/error-note.tsx';
import { askPicture } from '../server/ask.ts';

interface DownloadButtonProps {
  readonly text: string;
  /** As the API has it. */
  readonly path: string;
  /** What the file is to be called. */
  readonly name: string;
}

/** Saves a picture of the server, which it may give out for a key alone. */
export function DownloadButton({ text, path, name }: DownloadButtonProps) {
  const [error, setError] = useState<Error>();
  const save = async () => {
    setError(undefined);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await askPicture(path, new AbortController().signal));
    link.download = name;
    link.click();
    // Not before the browser has begun to read it.
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };
  return (
    <>
      <button type="button" onClick={() => void save().catch(setError)}>
        {text}
      </button>
      {error !== undefined && <ErrorNote error={error} />}
    </>
  );
}
