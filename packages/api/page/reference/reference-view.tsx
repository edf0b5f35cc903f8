import { useEffect, useState } from 'preact/hooks';
import './reference.css';
import { hasGraphiql } from '../copy/graphiql.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { WithCode } from '../parts/with-code.tsx';
import { askText } from '../server/ask.ts';
import { useTurn } from '../server/use-turn.ts';
import { TEXTS } from '../texts.ts';
import { type Example, type OpenApi, type Operation, type Schema, schemaRows } from './open-api.ts';

const REFERENCE = TEXTS.reference;

/** The document at `/openapi.json`, to read. */
export function ReferenceView() {
  const [document, setDocument] = useState<OpenApi>();
  const [error, setError] = useState<Error>();
  const [turn, retry] = useTurn();
  useEffect(() => {
    const control = new AbortController();
    setError(undefined);
    askText('openapi.json', control.signal).then(
      (text) => setDocument(JSON.parse(text) as OpenApi),
      (reason: Error) => control.signal.aborted || setError(reason),
    );
    return () => control.abort();
  }, [turn]);
  return (
    <div class="stack">
      <h1>{REFERENCE.title}</h1>
      <p>{REFERENCE.lead}</p>
      <p class="row">
        {hasGraphiql() && <a href="graphql">{REFERENCE.graphiql}</a>}
        <a href="openapi.json">{REFERENCE.document}</a>
      </p>
      {error !== undefined && <ErrorNote error={error} onRetry={retry} />}
      {document === undefined && error === undefined && <p class="quiet">{TEXTS.frame.loading}</p>}
      {Object.entries(document?.paths ?? {}).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => (
          <OperationPanel
            key={`${method} ${path}`}
            title={`${method.toUpperCase()} ${path}`}
            operation={operation}
          />
        )),
      )}
    </div>
  );
}

interface OperationPanelProps {
  readonly title: string;
  readonly operation: Operation;
}

function OperationPanel({ title, operation }: OperationPanelProps) {
  const { summary, description, security, parameters = [], requestBody, responses } = operation;
  const body = Object.values(requestBody?.content ?? {})[0];
  return (
    <details class="panel operation">
      <summary>
        <code>{title}</code>{' '}
        <span class="quiet">
          <WithCode text={summary} />
        </span>
      </summary>
      {description !== undefined && (
        <p>
          <WithCode text={description} />
        </p>
      )}
      {security.length > 0 && <p class="quiet">{REFERENCE.needsKey}</p>}
      {parameters.map(({ name, description: meaning }) => (
        <p key={name}>
          <code>{`{${name}}`}</code> <WithCode text={meaning ?? ''} />
        </p>
      ))}
      {body !== undefined && (
        <>
          <h2>{REFERENCE.body}</h2>
          <SchemaTable schema={body.schema} title={`${title}: ${REFERENCE.body}`} />
          {Object.entries(body.examples ?? {}).map(([name, example]) => (
            <ExampleText key={name} example={example} />
          ))}
        </>
      )}
      <h2>{REFERENCE.answers}</h2>
      <dl class="answers">
        {Object.entries(responses).map(([status, { description: meaning, content }]) => {
          const schema = Object.values(content ?? {})[0]?.schema;
          return (
            <div key={status}>
              <dt>{status}</dt>
              <dd>
                <WithCode text={meaning} />
                {schema !== undefined && status < '300' && (
                  <SchemaTable schema={schema} title={`${title}: ${status}`} />
                )}
              </dd>
            </div>
          );
        })}
      </dl>
    </details>
  );
}

function SchemaTable({ schema, title }: { readonly schema: Schema; readonly title: string }) {
  const rows = schemaRows(schema);
  if (rows.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section class="scrolls" aria-label={title} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{REFERENCE.field}</th>
            <th scope="col">{REFERENCE.type}</th>
            <th scope="col">{REFERENCE.meaning}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ path, type, isRequired, description }) => (
            <tr key={path}>
              <th scope="row">
                <code>{path}</code>
              </th>
              <td>
                <code>{type}</code>
                {isRequired && <span class="quiet"> {REFERENCE.required}</span>}
              </td>
              <td>
                <WithCode text={description} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function ExampleText({ example: { summary, value } }: { readonly example: Example }) {
  const text = JSON.stringify(value, null, 2);
  const isLong = text.length > LONGEST;
  return (
    <figure class="stack">
      <figcaption class="quiet">{REFERENCE.example(summary)}</figcaption>
      <pre class="code">{isLong ? `${text.slice(0, LONGEST)} …` : text}</pre>
    </figure>
  );
}

/** Images in base64 would fill the page. */
const LONGEST = 1_000;
