import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { ErrorNote } from '../parts/error-note.tsx';
import { askChange, changeOperation } from '../server/change.ts';
import type { ServedModel } from '../server/facts.ts';
import { TEXTS } from '../texts.ts';
import type { Collection } from './collections.ts';

const SEARCH = TEXTS.search;

interface CollectionBarProps {
  readonly collections: readonly Collection[];
  readonly chosen: Collection;
  readonly models: readonly ServedModel[];
  readonly onChoose: (name: string) => void;
  readonly onCreated: (name: string) => void;
  readonly onDeleted: () => void;
}

/** Which collection is searched; others can be made, and this one be deleted. */
export function CollectionBar({
  collections,
  chosen,
  models,
  onChoose,
  onCreated,
  onDeleted,
}: CollectionBarProps) {
  const [isCreating, setIsCreating] = useState(false);
  const [isDeleting, setIsDeleting] = useState(false);
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
          onCreated={(name) => {
            setIsCreating(false);
            onCreated(name);
          }}
        />
      )}
      {isDeleting && (
        <DeleteDialog
          collection={chosen}
          onClose={() => setIsDeleting(false)}
          onDeleted={onDeleted}
        />
      )}
    </div>
  );
}

interface CreateFormProps {
  readonly models: readonly ServedModel[];
  readonly onCreated: (name: string) => void;
}

/** Makes an empty collection. */
export function CreateForm({ models, onCreated }: CreateFormProps) {
  const id = useId();
  const [name, setName] = useState('');
  const [model, setModel] = useState('');
  const { error, isAsking, ask } = useChange();
  const submit = (event: Event) => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === '') return;
    const input = { name: wanted, ...(model !== '' && { model }) };
    ask('createCollection', 'CreateCollectionInput', input, () => onCreated(wanted));
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
            onInput={(event) => setName(event.currentTarget.value)}
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

interface DeleteDialogProps {
  readonly collection: Collection;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

function DeleteDialog({ collection, onClose, onDeleted }: DeleteDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { error, isAsking, ask } = useChange();
  useEffect(() => dialog.current?.showModal(), []);
  const remove = () =>
    ask('deleteCollection', 'DeleteCollectionInput', { name: collection.name }, () => {
      onClose();
      onDeleted();
    });
  return (
    <dialog ref={dialog} aria-labelledby="delete-title" onClose={onClose}>
      <div class="stack">
        <h2 id="delete-title">{SEARCH.removeTitle(collection.name)}</h2>
        <p>{SEARCH.removeLead(collection.itemCount)}</p>
        {error !== undefined && <ErrorNote error={error} />}
        <div class="row">
          <button type="button" onClick={onClose}>
            {SEARCH.keep}
          </button>
          <button type="button" class="danger" disabled={isAsking} onClick={remove}>
            {SEARCH.removeNow}
          </button>
        </div>
      </div>
    </dialog>
  );
}

/** Asks for a change once at a time, and keeps why it was not made. */
function useChange() {
  const [error, setError] = useState<Error>();
  const [isAsking, setIsAsking] = useState(false);
  const ask = (
    field: string,
    type: string,
    input: { readonly [name: string]: string },
    onDone: () => void,
  ) => {
    setError(undefined);
    setIsAsking(true);
    askChange(changeOperation(field, type, input, ''), new AbortController().signal)
      .then(onDone, setError)
      .finally(() => setIsAsking(false));
  };
  return { error, isAsking, ask };
}
