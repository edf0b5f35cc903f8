import { useEffect, useState } from 'preact/hooks';
import { CopyAs } from '../copy/copy-as.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { askPatiently } from '../server/ask.ts';
import { EnumName, type Operation } from '../server/operation.ts';
import { useTurn } from '../server/use-turn.ts';
import { TEXTS } from '../texts.ts';
import { ItemPicture } from './item-picture.tsx';
import { DUPLICATE_LEVELS, type DuplicateLevel } from './query.ts';
import type { Item } from './use-hits.ts';

const SEARCH = TEXTS.search;

interface Group {
  readonly representative: Item;
  readonly members: readonly { readonly cosine: number; readonly item: Item }[];
}

interface Groups {
  readonly total: number;
  readonly groups: readonly Group[];
}

interface DuplicatesProps {
  readonly collection: string;
  readonly version: number;
  readonly level: DuplicateLevel;
  readonly onLevel: (level: DuplicateLevel | undefined) => void;
  readonly onOpen: (item: Item) => void;
}

/** Groups of pictures that are the same, or nearly so. */
export function Duplicates({ collection, version, level, onLevel, onOpen }: DuplicatesProps) {
  const [found, setFound] = useState<Groups>();
  const [error, setError] = useState<Error>();
  const [turn, retry] = useTurn();
  useEffect(() => {
    const control = new AbortController();
    setError(undefined);
    setFound(undefined);
    askPatiently<Groups>(duplicatesOperation(collection, level), control.signal).then(
      setFound,
      (failure: Error) => control.signal.aborted || setError(failure),
    );
    return () => control.abort();
  }, [collection, level, version, turn]);
  return (
    <section class="stack" aria-label={SEARCH.duplicates} aria-busy={found === undefined}>
      <div class="row">
        <fieldset class="row" aria-label={SEARCH.duplicates}>
          {DUPLICATE_LEVELS.map((one) => (
            <button
              key={one}
              type="button"
              class="choice"
              aria-pressed={one === level}
              onClick={() => onLevel(one)}
            >
              {SEARCH.levels[one]}
            </button>
          ))}
        </fieldset>
        <button type="button" class="plain" onClick={() => onLevel(undefined)}>
          {SEARCH.back}
        </button>
      </div>
      <p role="status">{found === undefined ? SEARCH.asking : SEARCH.groups(found.total)}</p>
      {error !== undefined && <ErrorNote error={error} onRetry={retry} />}
      <ol class="groups">
        {found?.groups.map(({ representative, members }) => (
          <li key={representative.key}>
            <h3>
              <bdi>{SEARCH.group(representative.key, members.length)}</bdi>
            </h3>
            <ul class="hits">
              {[{ item: representative, cosine: undefined }, ...members].map(({ item, cosine }) => (
                <li key={item.key}>
                  <button
                    type="button"
                    class="hit-picture"
                    aria-label={SEARCH.details(item.key)}
                    onClick={() => onOpen(item)}
                  >
                    <ItemPicture item={item} alt="" />
                  </button>
                  <div class="hit-facts">
                    <p class="hit-key" title={item.key}>
                      <bdi>{item.key}</bdi>
                    </p>
                    {cosine !== undefined && (
                      <p class="hit-metadata">{SEARCH.similarity(cosine.toFixed(3))}</p>
                    )}
                  </div>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
      <CopyAs operation={duplicatesOperation(collection, level)} />
    </section>
  );
}

const ITEM = '{ key source metadata thumbnailUrl }';

const duplicatesOperation = (collection: string, level: DuplicateLevel): Operation => ({
  kind: 'query',
  name: 'Duplicates',
  field: 'duplicates',
  args: [
    { name: 'collection', type: 'String!', value: collection },
    { name: 'level', type: 'DuplicateLevel', value: new EnumName(level) },
    { name: 'first', type: 'Int', value: 50 },
  ],
  selection: `total groups { representative ${ITEM} members { cosine item ${ITEM} } }`,
});
