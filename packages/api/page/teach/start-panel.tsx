import { useId, useState } from 'preact/hooks';
import { formatAddress } from '../address.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { LabelChips } from '../parts/label-chips.tsx';
import { nameOf } from '../parts/name-of.ts';
import { parseLabels, withoutRepeats } from '../parts/parse-labels.ts';
import { ServerError } from '../server/ask.ts';
import { askChange } from '../server/change.ts';
import { refreshFacts, useServerFacts } from '../server/facts.ts';
import type { Operation } from '../server/operation.ts';
import { TEXTS } from '../texts.ts';
import { createOperation } from './classifier.ts';
import { SAMPLE, sampleOperation } from './sample.ts';
import type { Teaching } from './teaching.ts';

const TEACH = TEXTS.teach;

interface StartPanelProps {
  readonly teaching: Teaching;
  readonly onTeaching: (change: Partial<Teaching>) => void;
}

/** Makes a classifier, or opens one. */
export function StartPanel({ teaching, onTeaching }: StartPanelProps) {
  const { facts, error, refresh } = useServerFacts();
  return (
    <>
      <div class="teach-lead stack">
        <p>{TEACH.lead}</p>
        <p class="quiet">{TEACH.saved}</p>
      </div>
      {error !== undefined && <ErrorNote error={error} onRetry={refresh} />}
      <div class="teach-start">
        <NewClassifier teaching={teaching} onTeaching={onTeaching} />
        <section class="stack" aria-labelledby="teach-open">
          <h2 id="teach-open">{TEACH.openTitle}</h2>
          {facts?.classifiers?.length === 0 && <p class="quiet">{TEACH.none}</p>}
          <ul class="teach-list">
            {facts?.classifiers?.map(({ name, classes }) => (
              <li key={name}>
                <a class="card" href={addressOf(name)}>
                  <bdi class="teach-name">{name}</bdi>
                  <span class="quiet teach-labels">
                    {classes.map(({ label }, i) => (
                      <>
                        {i > 0 && ', '}
                        <bdi>{label}</bdi>
                      </>
                    ))}
                  </span>
                </a>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </>
  );
}

const addressOf = (name: string): string =>
  formatAddress({ view: 'teach', parameters: new URLSearchParams({ classifier: name }) });

function NewClassifier({ teaching, onTeaching }: StartPanelProps) {
  const { name, labels } = teaching;
  const [draft, setDraft] = useState('');
  const [error, setError] = useState<Error>();
  const [isMaking, setIsMaking] = useState(false);
  const id = useId();
  const make = (operation: Operation): Promise<void> => {
    setError(undefined);
    setIsMaking(true);
    return askChange(operation, new AbortController().signal)
      .then(refreshFacts)
      .finally(() => setIsMaking(false));
  };
  const open = (classifier: string, image = '') =>
    onTeaching({ classifier, image, name: '', labels: [] });
  const submit = (event: Event) => {
    event.preventDefault();
    const all = withoutRepeats([...labels, ...parseLabels(draft)]);
    onTeaching({ labels: all });
    setDraft('');
    make(createOperation(name, all)).then(() => open(name), setError);
  };
  const sample = () =>
    make(sampleOperation())
      // It was made before.
      .catch((reason) => {
        if (!(reason instanceof ServerError && reason.code === 'CLASSIFIER_EXISTS')) throw reason;
      })
      .then(() => open(SAMPLE.name, SAMPLE.image), setError);
  return (
    <form class="stack card" aria-labelledby={`${id}-title`} onSubmit={submit}>
      <h2 id={`${id}-title`}>{TEACH.newTitle}</h2>
      <label class="field">
        <span>{TEACH.name}</span>
        <input
          type="text"
          required
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          aria-describedby={`${id}-hint`}
          placeholder={TEACH.namePlaceholder}
          value={name}
          onInput={(event) => onTeaching({ name: nameOf(event.currentTarget.value) })}
        />
      </label>
      <p id={`${id}-hint`} class="quiet">
        {TEACH.nameHint}
      </p>
      <fieldset class="stack" aria-labelledby={`${id}-classes`}>
        <h3 id={`${id}-classes`}>{TEACH.classes}</h3>
        <LabelChips
          labels={labels}
          onLabels={(next) => onTeaching({ labels: next })}
          draft={draft}
          onDraft={setDraft}
          texts={TEACH.chips}
        />
      </fieldset>
      {error !== undefined && <ErrorNote error={error} />}
      <div class="row">
        <button type="submit" class="primary" disabled={isMaking}>
          {TEACH.create}
        </button>
        <button type="button" disabled={isMaking} onClick={() => void sample()}>
          {TEACH.sample}
        </button>
      </div>
    </form>
  );
}
