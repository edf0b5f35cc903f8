import { useRef, useState } from 'preact/hooks';
import { isPicture, pathOf } from '../parts/dropped-files.ts';
import { type FileLimits, fitFile } from '../parts/prepare-file.ts';
import { useLeft } from '../parts/use-left.ts';
import { TEXTS } from '../texts.ts';
import { type Query, withTerm } from './query.ts';

interface TermFile {
  /** Searches for what is like the file, which is scaled down first where the server would not accept it. */
  readonly add: (file: File | undefined) => void;
  /** Why the last one is not searched for. */
  readonly refusal: Error | undefined;
}

/** Takes a file to search by. @param limits undefined until the server has said. */
export function useTermFile(
  query: Query,
  onQuery: (query: Query) => void,
  limits: FileLimits | undefined,
): TermFile {
  const [refusal, setRefusal] = useState<Error>();
  const left = useLeft();
  const latest = useRef(query);
  latest.current = query;
  const search = async (file: File) => {
    const fitted = limits === undefined ? { file } : await fitFile(file, limits);
    // Another collection is shown, which a query of this one would take away.
    if (left.current) return;
    onQuery(withTerm(latest.current, { kind: 'file', value: file.name, weight: 1, ...fitted }));
  };
  const add = (file: File | undefined) => {
    if (file === undefined) return;
    const isGood = isPicture(file);
    setRefusal(isGood ? undefined : new Error(TEXTS.index.noPicture(pathOf(file))));
    if (isGood) void search(file);
  };
  return { add, refusal };
}
