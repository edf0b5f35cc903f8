import { useCallback, useState } from 'preact/hooks';
import type { FileLimits } from '../parts/prepare-file.ts';
import { usePrepared } from '../parts/use-prepared.ts';
import { fromHere } from '../server/ask.ts';
import type { Value } from '../server/operation.ts';

/** A picture to begin with. */
export interface StartPicture {
  /** As `ImageInput`; undefined for none, and while a file is being read. */
  readonly sent: Value | undefined;
  /** The same as the user has it, for the code that reads it from their disk. */
  readonly own: Value | undefined;
  readonly name: string | undefined;
  /** Where the browser finds it; undefined for what it cannot show, or has not been told to load from elsewhere. */
  readonly preview: string | undefined;
  /** What was done to it first. */
  readonly change: string | undefined;
  readonly setFile: (file: File | undefined) => void;
}

/** @param url its address; empty where there is none, or a file. */
export function useStartPicture(url: string, limits: FileLimits | undefined): StartPicture {
  const [chosen, setFile] = useState<File>();
  const file = url === '' ? chosen : undefined;
  const prepared = usePrepared(file, limits);
  const isHere = url.startsWith('/') || url.startsWith('data:');
  return {
    sent: url === '' ? prepared && { upload: prepared.file } : { url },
    own: url === '' ? file && { upload: file } : { url },
    name: url === '' ? file?.name : url,
    preview: isHere ? fromHere(url) : prepared?.preview,
    change: prepared?.change,
    setFile: useCallback((next: File | undefined) => setFile(next), []),
  };
}
