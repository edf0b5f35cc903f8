import { useCallback, useRef, useState } from 'preact/hooks';
import { CopyAs } from '../copy/copy-as.tsx';
import { isOfFolder } from '../parts/dropped-files.ts';
import type { FileLimits } from '../parts/prepare-file.ts';
import { useDebounced } from '../parts/use-debounced.ts';
import { useIncoming } from '../parts/use-incoming.ts';
import { useScrollTo } from '../parts/use-scroll-to.ts';
import type { Collection } from './collections.ts';
import { CutChart } from './cut-chart.tsx';
import { Duplicates } from './duplicates.tsx';
import { FilterPanel } from './filter-panel.tsx';
import { FoundItems } from './found-items.tsx';
import { IndexPanel, sortedFiles } from './index-panel.tsx';
import { ItemDialog } from './item-dialog.tsx';
import { browseOperation, copiedSearch, type Query, withTerm } from './query.ts';
import { QueryPanel } from './query-panel.tsx';
import { type Item, PAGE, useHits } from './use-hits.ts';
import type { Sending } from './use-sending.ts';
import { useTermFile } from './use-term-file.ts';

interface CollectionViewProps {
  readonly collection: Collection;
  readonly query: Query;
  readonly onQuery: (query: Query) => void;
  /** Another number when the collection has changed. */
  readonly version: number;
  readonly isShown: boolean;
  readonly sending: Sending;
  /** What the server accepts of a file; undefined until it has said. */
  readonly limits: FileLimits | undefined;
}

/** One collection: what is searched for in it on the one side, what is found on the other. */
export function CollectionView({
  collection,
  query: written,
  onQuery,
  version,
  isShown,
  sending,
  limits,
}: CollectionViewProps) {
  const [draft, setDraft] = useState('');
  const [opened, setOpened] = useState<Item>();
  const query = { ...written, collection: collection.name };
  const asked = withDraft(query, useDebounced(draft.trim(), 250));
  const hits = useHits(query.duplicates === undefined ? asked : undefined, version);
  const { found } = hits;

  const onFiles = (files: readonly File[]) => {
    const { pictures, skipped } = sortedFiles(files);
    sending.send(collection.name, pictures, skipped);
  };
  const head = useRef<HTMLDivElement>(null);
  const scrollTo = useScrollTo();
  const onTerms = (next: Query) => {
    onQuery({ ...next, duplicates: undefined });
    // On a narrow screen what is found is below the fold.
    if (next.terms.length > query.terms.length) scrollTo(head);
  };
  const termFile = useTermFile(query, onQuery, limits);
  const onLike = useCallback(
    (key: string, weight: number) =>
      onQuery(withTerm({ ...query, duplicates: undefined }, { kind: 'item', value: key, weight })),
    [onQuery, query],
  );
  const isOver = useIncoming(isShown && opened === undefined, {
    onFiles: (files, target) => {
      const isOne = files.length === 1 && !isOfFolder(files[0]!);
      const isTerm = isOne && collection.itemCount > 0 && !target?.closest('.index-panel');
      if (isTerm) termFile.add(files[0]);
      else onFiles(files);
    },
    onUrl: (url) => onQuery(withTerm(query, { kind: 'url', value: url, weight: 1 })),
  });
  const isSearch = asked.terms.length > 0;
  return (
    <div class="search" data-typing={draft !== '' || undefined}>
      <div class="stack search-side">
        <QueryPanel
          query={query}
          onQuery={onTerms}
          draft={draft}
          onDraft={setDraft}
          onFile={termFile.add}
          refusal={termFile.refusal}
        />
        {isSearch && found?.histogram != null && query.duplicates === undefined && (
          <CutChart
            histogram={found.histogram}
            cut={found.cut}
            total={found.total ?? 0}
            choice={query.cut}
            onChoice={(cut) => onQuery({ ...query, cut })}
          />
        )}
        <FilterPanel
          fields={collection.fields}
          conditions={query.conditions}
          onConditions={(conditions) => onQuery({ ...query, conditions })}
        />
        <IndexPanel
          isEmpty={collection.itemCount === 0}
          isOver={isOver}
          progress={sending.progress}
          report={sending.reportOf(collection.name)}
          onPictures={(pictures) => sending.send(collection.name, pictures)}
          onFiles={onFiles}
          onStop={sending.stop}
        />
      </div>
      <div class="stack search-main">
        {query.duplicates === undefined ? (
          <>
            <FoundItems
              {...hits}
              head={head}
              isSearch={isSearch}
              isFiltered={query.conditions.length > 0}
              isEmpty={collection.itemCount === 0}
              onDuplicates={() => onQuery({ ...query, duplicates: 'SAME_PICTURE' })}
              onAll={() => onQuery({ ...query, cut: 'all' })}
              onLike={onLike}
              onOpen={setOpened}
            />
            <CopyAs
              operation={isSearch ? copiedSearch(asked, PAGE) : browseOperation(asked, PAGE)}
            />
          </>
        ) : (
          <Duplicates
            collection={collection.name}
            version={version}
            level={query.duplicates}
            onLevel={(duplicates) => onQuery({ ...query, duplicates })}
            onOpen={setOpened}
          />
        )}
      </div>
      {opened !== undefined && (
        <ItemDialog item={opened} onLike={onLike} onClose={() => setOpened(undefined)} />
      )}
    </div>
  );
}

/** What is being typed is searched for too. */
const withDraft = (query: Query, draft: string): Query =>
  draft === '' ? query : withTerm(query, { kind: 'text', value: draft, weight: 1 });
