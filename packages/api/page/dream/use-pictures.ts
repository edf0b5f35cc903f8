import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { askOperation } from '../server/ask.ts';
import { askChange } from '../server/change.ts';
import type { Operation } from '../server/operation.ts';
import { subscribe } from '../server/subscribe.ts';
import { useTurn } from '../server/use-turn.ts';
import {
  changePicture,
  findOperation,
  followOperation,
  isUnderWay,
  listOperation,
  type Picture,
  type PictureChange,
} from './picture.ts';

/** Pictures of a page of the gallery. */
const PAGE = 24;
/** Pictures that are followed at a time: one is drawn at a time, and one is looked at. */
const FOLLOWED = 2;

export interface Pictures {
  /** The newest first; undefined until the server has said. */
  readonly pictures: readonly Picture[] | undefined;
  readonly error: Error | undefined;
  readonly hasMore: boolean;
  readonly more: () => void;
  readonly retry: () => void;
  /** @returns the new one. @throws ServerError. */
  readonly start: (operation: Operation) => Promise<Picture>;
  /** @throws ServerError. */
  readonly change: (id: string, change: PictureChange) => Promise<void>;
}

/**
 * This caller’s pictures. Those that change by themselves are followed.
 *
 * @param shownId the one that is looked at.
 * @param areOn whether the server draws any; nothing is asked before that is known.
 */
export function usePictures(shownId: string, areOn: boolean): Pictures {
  const [known, setKnown] = useState<ReadonlyMap<string, Picture>>();
  const [hasMore, setHasMore] = useState(false);
  const [error, setError] = useState<Error>();
  const [turn, retry] = useTurn();
  // A stream may still tell of one that has been deleted.
  const deleted = useRef(new Set<string>());
  const keep = useCallback((some: readonly Picture[]) => {
    const there = some.filter(({ id }) => !deleted.current.has(id));
    setKnown((last) => new Map([...(last ?? []), ...there.map((one) => [one.id, one] as const)]));
  }, []);
  const pictures =
    known && [...known.values()].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));

  const before = useRef<string | undefined>(undefined);
  const load = useCallback(
    async (signal: AbortSignal) => {
      const page = await askOperation<readonly Picture[]>(
        listOperation(PAGE, before.current),
        signal,
      );
      before.current = page.at(-1)?.id ?? before.current;
      setHasMore(page.length === PAGE);
      keep(page);
    },
    [keep],
  );
  useEffect(() => {
    if (!areOn) return;
    const control = new AbortController();
    setError(undefined);
    before.current = undefined;
    load(control.signal).catch((reason: Error) => control.signal.aborted || setError(reason));
    return () => control.abort();
  }, [load, turn, areOn]);

  // One that an address names may be on a later page.
  const isMissing =
    known !== undefined && shownId !== '' && !known.has(shownId) && !deleted.current.has(shownId);
  useEffect(() => {
    if (!isMissing) return;
    const control = new AbortController();
    askOperation<Picture | null>(findOperation(shownId), control.signal).then(
      (picture) => picture !== null && keep([picture]),
      (reason: Error) => control.signal.aborted || setError(reason),
    );
    return () => control.abort();
  }, [isMissing, shownId, keep]);

  useFollowed(pictures ?? [], shownId, (picture) => keep([picture]), setError);

  return {
    pictures,
    error,
    hasMore,
    more: useCallback(() => {
      load(new AbortController().signal).catch(setError);
    }, [load]),
    retry,
    start: useCallback(
      async (operation) => {
        const picture = await changed(operation);
        keep([picture]);
        return picture;
      },
      [keep],
    ),
    change: useCallback(
      async (id, change) => {
        const picture = await changed(changePicture(id, change));
        if (change !== 'deletePicture') return keep([picture]);
        deleted.current.add(id);
        setKnown((last) => new Map([...(last ?? [])].filter(([one]) => one !== id)));
      },
      [keep],
    ),
  };
}

/** What has been sent is done, even if the view is left. */
const changed = async (operation: Operation): Promise<Picture> =>
  (await askChange<{ readonly picture: Picture }>(operation, new AbortController().signal)).picture;

/** Follows the picture that is looked at, and the one that is drawn or is the next, for as long as they change. */
function useFollowed(
  pictures: readonly Picture[],
  shownId: string,
  onPicture: (picture: Picture) => void,
  onError: (error: Error) => void,
): void {
  const following = useRef(new Map<string, AbortController>());
  const latest = useRef({ onPicture, onError });
  latest.current = { onPicture, onError };
  const wanted = pictures
    .filter(isUnderWay)
    .sort(
      (a, b) => urgency(a, shownId) - urgency(b, shownId) || (a.createdAt < b.createdAt ? -1 : 1),
    )
    .slice(0, FOLLOWED)
    .map(({ id }) => id);
  const key = wanted.join(' ');
  useEffect(() => {
    const ids = key === '' ? [] : key.split(' ');
    for (const [id, control] of following.current) {
      if (ids.includes(id)) continue;
      control.abort();
      following.current.delete(id);
    }
    for (const id of ids) {
      if (following.current.has(id)) continue;
      const control = new AbortController();
      following.current.set(id, control);
      const next = (picture: Picture | null) => picture && latest.current.onPicture(picture);
      subscribe<Picture | null>(followOperation(id), next, control.signal).catch(
        (error: Error) => control.signal.aborted || latest.current.onError(error),
      );
    }
  }, [key]);
  useEffect(
    () => () => {
      for (const control of following.current.values()) control.abort();
    },
    [],
  );
}

const urgency = ({ id, state }: Picture, shownId: string): number =>
  id === shownId ? 0 : state === 'RUNNING' ? 1 : 2;
