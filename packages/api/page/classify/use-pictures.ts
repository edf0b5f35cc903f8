import { useCallback, useEffect, useReducer, useRef } from 'preact/hooks';
import { type FileLimits, prepareFile } from '../parts/prepare-file.ts';
import { useLeft } from '../parts/use-left.ts';
import { isForKey } from '../server/ask.ts';
import { onKeyFound } from '../server/key.ts';
import type { Picture } from './picture.ts';

type Change =
  | { readonly add: readonly Picture[] }
  | { readonly id: number; readonly set: Partial<Picture> }
  | { readonly remove: number }
  | { readonly keyFound: true }
  | { readonly clear: true };

function changed(pictures: readonly Picture[], change: Change): readonly Picture[] {
  if ('add' in change) return [...pictures, ...change.add];
  if ('clear' in change) return [];
  if ('keyFound' in change)
    return pictures.map((one) =>
      isForKey(one.outcome?.error) ? { ...one, outcome: undefined } : one,
    );
  if ('remove' in change) return pictures.filter(({ id }) => id !== change.remove);
  return pictures.map((one) => (one.id === change.id ? { ...one, ...change.set } : one));
}

/** The pictures on the page. Files are looked at one after another, so that one is in memory at a time. */
export function usePictures(limits: FileLimits | undefined, first: () => readonly Picture[]) {
  const [pictures, change] = useReducer(changed, undefined, first);
  // What was not answered for want of a key is asked again.
  useEffect(() => onKeyFound(() => change({ keyFound: true })), []);
  const isPreparing = useRef(false);
  const left = useLeft();
  const latest = useRef(pictures);
  latest.current = pictures;
  useEffect(
    () => () => {
      for (const one of latest.current) forget(one);
    },
    [],
  );
  const next = pictures.find(({ source, prepared }) => source.kind === 'file' && !prepared);

  useEffect(() => {
    if (next === undefined || next.source.kind !== 'file') return;
    if (limits === undefined || isPreparing.current) return;
    isPreparing.current = true;
    const { id, source } = next;
    void prepareFile(source.file, limits).then((prepared) => {
      isPreparing.current = false;
      const isGone = left.current || !latest.current.some((one) => one.id === id);
      if (isGone) forget({ prepared });
      else change({ id, set: { prepared } });
    });
  }, [next, limits, left]);

  return {
    pictures,
    add: useCallback((added: readonly Picture[]) => change({ add: added }), []),
    set: useCallback((id: number, set: Partial<Picture>) => change({ id, set }), []),
    remove: (one: Picture) => {
      forget(one);
      change({ remove: one.id });
    },
    clear: () => {
      for (const one of pictures) forget(one);
      change({ clear: true });
    },
  };
}

/** Frees what is shown of it. */
function forget({ prepared }: Pick<Picture, 'prepared'>): void {
  if (prepared?.preview !== undefined) URL.revokeObjectURL(prepared.preview);
}
