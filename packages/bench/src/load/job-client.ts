import { BenchError } from '../kit/errors.ts';
import type { BenchServer } from './server.ts';

const INDEX = `mutation ($name: String!, $items: [IndexItem!]!) {
  createCollection(input: { name: $name }) { errors { message } }
  startIndex(input: { collection: $name, items: $items }) { job { id } errors { message } }
}`;
const WATCH = 'subscription ($id: ID!) { job(id: $id) { state done } }';
const DELETE = `mutation ($name: String!) {
  deleteCollection(input: { name: $name }) { errors { message } }
}`;

/** Images in one request: `startIndex` takes no more. */
export const MOST_IMAGES = 1_000;

/** Indexes images in a new collection. @returns when the job is done. @throws BenchError ENGINE_FAILED unless all are embedded. */
export async function indexImages(
  { url }: Pick<BenchServer, 'url'>,
  name: string,
  urls: readonly string[],
): Promise<void> {
  const items = urls.map((one) => ({ url: one }));
  const started = JSON.parse(await ask(url, INDEX, { name, items }, 'application/json'));
  const id = started.data?.startIndex.job?.id;
  if (id === undefined) throw new BenchError('ENGINE_FAILED', JSON.stringify(started));
  const events = await ask(url, WATCH, { id }, 'text/event-stream');
  const last = events.match(/^data: .*"state".*$/gm)?.at(-1) ?? events;
  if (!last.includes(`"state":"DONE","done":${urls.length}`)) {
    throw new BenchError('ENGINE_FAILED', `expected a job of ${urls.length} images, got ${last}`);
  }
}

export const deleteCollection = async ({ url }: Pick<BenchServer, 'url'>, name: string) => {
  await ask(url, DELETE, { name }, 'application/json');
};

async function ask(url: string, query: string, variables: object, accept: string): Promise<string> {
  const headers = { 'content-type': 'application/json', accept };
  const body = JSON.stringify({ query, variables });
  return (await fetch(url, { method: 'POST', headers, body })).text();
}
