import { useCallback, useRef, useState } from 'preact/hooks';
import { ErrorNote } from '../parts/error-note.tsx';
import { useScrollTo } from '../parts/use-scroll-to.ts';
import { useStateInAddress } from '../parts/use-state-in-address.ts';
import { askChange, changeOperation } from '../server/change.ts';
import { useServerFacts } from '../server/facts.ts';
import { TEXTS } from '../texts.ts';
import type { ViewProps } from '../view.ts';
import './search.css';
import { CollectionBar, CreateForm } from './collection-bar.tsx';
import { CollectionView } from './collection-view.tsx';
import { type Collection, useCollections } from './collections.ts';
import { samplePictures } from './index-panel.tsx';
import { isOpen, type Job } from './job.ts';
import { JobList } from './job-list.tsx';
import { readQuery, writeQuery } from './query.ts';
import { useChosen } from './use-chosen.ts';
import { useJobs } from './use-jobs.ts';
import { useSending } from './use-sending.ts';

const SEARCH = TEXTS.search;
/** The collection of the photographs that come with the server. */
const SAMPLES = 'samples';

/** Collections of pictures, found by words and by each other. */
export function SearchView({ parameters, isShown, onParameters }: ViewProps) {
  const { facts, error: factsError, refresh: refreshFacts } = useServerFacts();
  const { shelf, error, refresh } = useCollections();
  const [query, setQuery] = useState(() => readQuery(parameters));
  const [refusal, setRefusal] = useState<Error>();
  const [version, setVersion] = useState(0);
  const changed = useCallback(() => {
    refresh();
    setVersion((last) => last + 1);
  }, [refresh]);
  const jobs = useJobs(shelf?.jobs, useProgress(shelf?.collections, changed));
  const jobList = useRef<HTMLElement>(null);
  const scrollTo = useScrollTo();
  // On a narrow screen pictures are added far below it.
  const onStarted = useCallback((part: number) => part === 1 && scrollTo(jobList), [scrollTo]);
  const sending = useSending(jobs, onStarted, facts?.limits);

  useStateInAddress(writeQuery(query), { isShown, onParameters });
  const { collections, chosen, choose, onCreating, ...shelved } = useChosen(
    shelf?.collections,
    query,
    setQuery,
  );
  const onCreated = (name: string) => {
    shelved.onCreated(name);
    changed();
  };
  const onDeleted = (name: string) => {
    shelved.onDeleted(name);
    changed();
  };
  const trySamples = () => {
    const operation = changeOperation(
      'createCollection',
      'CreateCollectionInput',
      { name: SAMPLES },
      '',
    );
    onCreating(SAMPLES);
    askChange(operation, new AbortController().signal).then(() => {
      onCreated(SAMPLES);
      sending.send(SAMPLES, samplePictures());
    }, setRefusal);
  };
  const isMissing = shelf !== undefined && chosen === undefined && collections.length > 0;
  return (
    <>
      <h1>{SEARCH.title}</h1>
      {factsError !== undefined && <ErrorNote error={factsError} onRetry={refreshFacts} />}
      {error !== undefined && <ErrorNote error={error} onRetry={refresh} />}
      {shelf === undefined && error === undefined && <p class="quiet">{TEXTS.frame.loading}</p>}
      {shelf !== undefined && collections.length === 0 && (
        <section class="card stack first-collection" aria-label={SEARCH.createFirst}>
          <h2>{SEARCH.createFirst}</h2>
          <p>{SEARCH.createLead}</p>
          <CreateForm models={facts?.models ?? []} onCreating={onCreating} onCreated={onCreated} />
          <div class="row">
            <button type="button" onClick={trySamples}>
              {SEARCH.samples}
            </button>
          </div>
          {refusal !== undefined && <ErrorNote error={refusal} />}
        </section>
      )}
      {isMissing && (
        <section class="notice stack" role="alert">
          <p dir="auto">{SEARCH.missing(query.collection)}</p>
          <div class="row">
            {collections.map(({ name }) => (
              <button key={name} type="button" onClick={() => choose(name)}>
                {name}
              </button>
            ))}
          </div>
        </section>
      )}
      {chosen !== undefined && (
        <div class="stack">
          <CollectionBar
            collections={collections}
            chosen={chosen}
            models={facts?.models ?? []}
            onChoose={choose}
            onCreating={onCreating}
            onCreated={onCreated}
            onDeleted={onDeleted}
          />
          <JobList {...jobs} collection={chosen.name} element={jobList} />
          <CollectionView
            key={chosen.name}
            collection={chosen}
            query={query}
            onQuery={setQuery}
            version={version}
            isShown={isShown}
            sending={sending}
            limits={facts?.limits}
          />
        </div>
      )}
    </>
  );
}

/** What a collection has is shown while it comes, until there is enough to look at. */
const SOME_ITEMS = 30;
/** Milliseconds between two looks at what has come. */
const LOOKS = 3_000;

/** @returns takes what a job tells, and calls for another look where that is worth it. */
function useProgress(collections: readonly Collection[] | undefined, onLook: () => void) {
  const last = useRef(0);
  return (job: Job) => {
    const items = collections?.find(({ name }) => name === job.collection)?.itemCount ?? 0;
    const isEarly = items < SOME_ITEMS && Date.now() - last.current > LOOKS;
    if (isOpen(job) && !isEarly) return;
    last.current = Date.now();
    onLook();
  };
}
