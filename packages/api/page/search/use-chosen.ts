import { useEffect, useState } from 'preact/hooks';
import type { Collection } from './collections.ts';
import { type Query, readQuery } from './query.ts';

interface Chosen {
  /** All but those that have been deleted here. */
  readonly collections: readonly Collection[];
  /** Undefined where there is none, or not the one that the query names. */
  readonly chosen: Collection | undefined;
  readonly choose: (name: string) => void;
  /** A collection has been asked for. */
  readonly onCreating: (name: string) => void;
  /** The server has made it. */
  readonly onCreated: (name: string) => void;
  readonly onDeleted: (name: string) => void;
}

/**
 * Which collection is shown: the first until one is chosen. A new one is chosen once it is on the shelf, unless the
 * user has chosen another since it was asked for.
 *
 * @param shelf undefined until the server has said.
 */
export function useChosen(
  shelf: readonly Collection[] | undefined,
  query: Query,
  onQuery: (change: (last: Query) => Query) => void,
): Chosen {
  const [awaited, setAwaited] = useState('');
  const [created, setCreated] = useState('');
  const [deleted, setDeleted] = useState('');
  const collections = shelf?.filter(({ name }) => name !== deleted) ?? [];
  const chosen =
    collections.find(({ name }) => name === query.collection) ??
    (query.collection === '' ? collections[0] : undefined);
  const choose = (name: string) => {
    setAwaited('');
    onQuery(() => emptyQuery(name));
  };

  // Another may come before it on the shelf.
  const first = query.collection === '' ? chosen?.name : undefined;
  useEffect(() => {
    if (first !== undefined) onQuery((last) => ({ ...last, collection: first }));
  }, [first, onQuery]);
  const hasCome = awaited === created && collections.some(({ name }) => name === awaited);
  useEffect(() => {
    if (hasCome) choose(awaited);
  }, [awaited, hasCome]);

  return {
    collections,
    chosen,
    choose,
    onCreating: (name) => {
      setAwaited(name);
      setCreated('');
    },
    onCreated: (name) => {
      setCreated(name);
      setDeleted('');
    },
    onDeleted: (name) => {
      setDeleted(name);
      onQuery((last) => (last.collection === name ? emptyQuery('') : last));
    },
  };
}

const emptyQuery = (collection: string): Query => ({
  ...readQuery(new URLSearchParams()),
  collection,
});
