import { useId, useState } from 'preact/hooks';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { nameOf } from '../parts/name-of.ts';
import { askChange, changeOperation } from '../server/change.ts';
import type { ServedModel } from '../server/facts.ts';
import { TEXTS } from '../texts.ts';
import type { Collection } from './collections.ts';

const SEARCH = TEXTS.search;

interface CollectionBarProps extends CreateFormProps {
  readonly collections: readonly Collection[];
  readonly chosen: Collection;
  readonly onChoose: (name: string) => void;
  readonly onDeleted: (name: string) => void;
}

/** Which collection is searched; others can be made, and this one be deleted. */
export function CollectionBar({
  collections,
  chosen,
  models,
  onChoose,
  onCreating,
  onCreated,
  onDeleted,
}: CollectionBarProps) {
  const [isCreating, setIsCreating] = useState(false);
  const [isDeleting, setIsDeleting] = useState(false);
  const remove = async (name: string) => {
    await askChange(
      changeOperation('deleteCollection', 'DeleteCollectionInput', { name }, ''),
      new AbortController().signal,
    );
    onDeleted(name);
  };
  return (
    <div class="stack">
      <div class="row collection-bar">
        <label class="field">
          <span>{SEARCH.collection}</span>
          <select value={chosen.name} onChange={(event) => onChoose(event.currentTarget.value)}>
            {collections.map(({ name, itemCount }) => (
              <option key={name} value={name}>
                {SEARCH.collectionOf(name, itemCount)}
              </option>
            ))}
          </select>
        </label>
        <button type="button" aria-expanded={isCreating} onClick={() => setIsCreating(!isCreating)}>
          {SEARCH.create}
        </button>
        <button type="button" class="plain" onClick={() => setIsDeleting(true)}>
          {SEARCH.remove}
        </button>
      </div>
      {isCreating && (
        <CreateForm
          models={models}
          onCreating={onCreating}
          onCreated={(name) => {
            setIsCreating(false);
            onCreated(name);
          }}
        />
      )}
      {isDeleting && (
        <ConfirmDialog
          title={SEARCH.removeTitle(chosen.name)}
          texts={{ keep: SEARCH.keep, go: SEARCH.removeNow }}
          onGo={() => remove(chosen.name)}
          onClose={() => setIsDeleting(false)}
        >
          <p>{SEARCH.removeLead(chosen.itemCount)}</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

interface CreateFormProps {
  readonly models: readonly ServedModel[];
  /** It has been asked for, and may yet be refused. */
  readonly onCreating: (name: string) => void;
  readonly onCreated: (name: string) => void;
}

/** Makes an empty collection. */
export function CreateForm({ models, onCreating, onCreated }: CreateFormProps) {
  const id = useId();
  const [name, setName] = useState('');
  const [model, setModel] = useState('');
  const [error, setError] = useState<Error>();
  const [isAsking, setIsAsking] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === '') return;
    const input = { name: wanted, ...(model !== '' && { model }) };
    setError(undefined);
    setIsAsking(true);
    onCreating(wanted);
    askChange(
      changeOperation('createCollection', 'CreateCollectionInput', input, ''),
      new AbortController().signal,
    )
      .then(() => onCreated(wanted), setError)
      .finally(() => setIsAsking(false));
  };
  return (
    <form class="stack" onSubmit={submit}>
      <div class="row create-form">
        <label class="field">
          <span>{SEARCH.name}</span>
          <input
            autocapitalize="none"
            autocomplete="off"
            spellcheck={false}
            required
            aria-describedby={`${id}-hint`}
            value={name}
            onInput={(event) => setName(nameOf(event.currentTarget.value))}
          />
        </label>
        {models.length > 1 && (
          <label class="field">
            <span>{SEARCH.model}</span>
            <select value={model} onChange={(event) => setModel(event.currentTarget.value)}>
              {models.map((one, i) => (
                <option key={one.name} value={i === 0 ? '' : one.name}>
                  {one.name}
                </option>
              ))}
            </select>
          </label>
        )}
        <button type="submit" class="primary" disabled={isAsking}>
          {SEARCH.createNow}
        </button>
      </div>
      <p id={`${id}-hint`} class="quiet">
        {SEARCH.nameHint}
      </p>
      {error !== undefined && <ErrorNote error={error} />}
    </form>
  );
}
