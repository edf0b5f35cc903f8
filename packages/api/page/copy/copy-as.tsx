import { useId, useState } from 'preact/hooks';
import { wasScaled } from '../parts/prepare-file.ts';
import { Sentence } from '../parts/sentence.tsx';
import { storedKey } from '../server/key.ts';
import { filesIn, type Operation, variablesOf } from '../server/operation.ts';
import { TEXTS } from '../texts.ts';
import { graphiqlAddress, hasGraphiql } from './graphiql.ts';
import { LANGUAGES } from './languages.ts';

const COPY = TEXTS.copy;

interface CopyAsProps {
  /** What the screen shows the answer of. */
  readonly operation: Operation;
  readonly title?: string;
}

/** The code that asks what is on the screen. */
export function CopyAs({ operation, title = COPY.title }: CopyAsProps) {
  const [index, setIndex] = useState(0);
  const [said, setSaid] = useState('');
  const id = useId();
  const needsKey = storedKey() !== undefined;
  const url = new URL('graphql', document.baseURI).href;
  const text = LANGUAGES[index]!.print(operation, { url, needsKey });
  const files = filesIn(variablesOf(operation), '').map(([, file]) => file);
  const scaled = files.filter(wasScaled);
  const copy = () =>
    navigator.clipboard?.writeText(text).then(
      () => setSaid(COPY.copied),
      () => setSaid(COPY.failed),
    ) ?? setSaid(COPY.failed);
  return (
    <details class="panel copy-as">
      <summary>{title}</summary>
      <fieldset class="row" aria-label={title}>
        {LANGUAGES.map(({ name }, i) => (
          <button
            key={name}
            type="button"
            class="choice"
            aria-pressed={i === index}
            onClick={() => {
              setIndex(i);
              setSaid('');
            }}
          >
            {name}
          </button>
        ))}
      </fieldset>
      <label class="visually-hidden" for={id}>
        {COPY.code(LANGUAGES[index]!.name)}
      </label>
      <textarea id={id} class="code" readOnly rows={12} spellcheck={false} value={text} />
      <div class="row">
        <button type="button" class="primary" onClick={() => void copy()}>
          {COPY.copy}
        </button>
        {hasGraphiql() && (
          <a class="button" href={graphiqlAddress(operation)} target="_blank" rel="noreferrer">
            {COPY.graphiql}
          </a>
        )}
        <span role="status">{said}</span>
      </div>
      {files.length > 0 && <p class="quiet">{COPY.files}</p>}
      {scaled.length > 0 && (
        <p class="quiet copy-scaled">
          <Sentence label={scaled[0]!.name} text={(name) => COPY.scaled(name, scaled.length)} />
        </p>
      )}
      {needsKey && <p class="quiet">{COPY.key}</p>}
    </details>
  );
}
