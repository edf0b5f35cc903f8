import { useId, useRef } from 'preact/hooks';
import { CameraButton } from '../parts/camera-button.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { FileButton } from '../parts/file-button.tsx';
import { PictureUrl } from '../parts/picture-url.tsx';
import { TEXTS } from '../texts.ts';
import { type Query, type Term, withTerm } from './query.ts';
import { LikeZones, TermList } from './term-list.tsx';

const SEARCH = TEXTS.search;

interface QueryPanelProps {
  readonly query: Query;
  readonly onQuery: (query: Query) => void;
  /** What is being typed. */
  readonly draft: string;
  readonly onDraft: (draft: string) => void;
  readonly onFile: (file: File | undefined) => void;
  /** Why the last file is not searched for. */
  readonly refusal: Error | undefined;
}

/** Words, pictures and items to search for. */
export function QueryPanel(props: QueryPanelProps) {
  const { query, onQuery, draft, onDraft, onFile, refusal } = props;
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const add = (kind: Term['kind'], value: string, weight = 1) =>
    onQuery(withTerm(query, { kind, value, weight }));
  const submit = (event: Event) => {
    event.preventDefault();
    if (draft.trim() === '') return;
    add('text', draft.trim());
    onDraft('');
  };
  return (
    <section class="stack" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{SEARCH.query}</h2>
      <form class="joined" onSubmit={submit}>
        <label class="visually-hidden" for={id}>
          {SEARCH.words}
        </label>
        <input
          ref={field}
          id={id}
          type="search"
          dir="auto"
          autocomplete="off"
          placeholder={SEARCH.placeholder}
          value={draft}
          onInput={(event) => onDraft(event.currentTarget.value)}
        />
        <button type="submit">{SEARCH.addWords}</button>
      </form>
      <LikeZones onLike={(key, weight) => add('item', key, weight)} />
      <TermList
        terms={query.terms}
        onTerms={(terms) => onQuery({ ...query, terms })}
        onEmptied={() => field.current?.focus()}
      />
      <div class="row">
        <FileButton text={SEARCH.picture} onFiles={([file]) => onFile(file)} />
        <CameraButton onFiles={([file]) => onFile(file)} />
        <PictureUrl onUrl={(url) => add('url', url)} />
        {query.terms.length > 1 && (
          <button type="button" class="plain" onClick={() => onQuery({ ...query, terms: [] })}>
            {SEARCH.clear}
          </button>
        )}
      </div>
      {refusal !== undefined && <ErrorNote error={refusal} />}
    </section>
  );
}
