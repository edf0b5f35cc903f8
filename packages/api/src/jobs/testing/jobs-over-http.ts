import type { BuiltServer } from '../../testing/built-server.ts';

const post = ({ url }: BuiltServer, body: object, accept = 'application/json') =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify(body),
  });

// biome-ignore lint/suspicious/noExplicitAny: a response has the shape that its query asks for.
export const ask = async (server: BuiltServer, query: string): Promise<any> =>
  (await post(server, { query })).json();

/** Indexes images in the collection `photos`, by a table. @returns the job's id. */
export async function startIndex(server: BuiltServer, urls: readonly string[]): Promise<string> {
  const query = `mutation ($file: Upload!) {
    startIndex(input: { collection: "photos", table: { file: $file, format: JSONL, urlColumn: "url" } }) {
      job { id } errors { message }
    }
  }`;
  const form = new FormData();
  form.set('operations', JSON.stringify({ query, variables: { file: null } }));
  form.set('map', JSON.stringify({ 0: ['variables.file'] }));
  form.set(
    '0',
    new Blob([urls.map((url) => JSON.stringify({ url })).join('\n')]),
    'pictures.jsonl',
  );
  const headers = { 'apollo-require-preflight': 'true' };
  const response = await fetch(`${server.url}/graphql`, { method: 'POST', body: form, headers });
  const { data } = (await response.json()) as { data: { startIndex: { job: { id: string } } } };
  return data.startIndex.job.id;
}

/** The id that a store has for a job. @param id of the API: base64 of `Job:` and that. */
export const storedId = (id: string): string => atob(id).slice('Job:'.length);

/** All states of a job that a subscription tells, to the end. */
export async function statesOf(server: BuiltServer, id: string) {
  const query = 'subscription ($id: ID!) { job(id: $id) { state done failed total } }';
  const response = await post(server, { query, variables: { id } }, 'text/event-stream');
  const events = await response.text();
  if (!events.includes('event: complete')) throw new Error(`expected the end, got ${events}`);
  return [...events.matchAll(/^data: (.+)$/gm)].map(([, json]) => JSON.parse(json!).data.job);
}
