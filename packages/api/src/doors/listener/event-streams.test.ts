// Subscriptions over server-sent events, through a port.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { dataUrl, startApi, type TestApi } from '../../testing/api.ts';
import { picture } from '../../testing/pictures.ts';
import { listen, type RunningServer } from './server.ts';

/** Far longer than a test may take. */
const GRACE_MS = 600_000;
/** Of one caller at a time. */
const SUBSCRIPTIONS = 5;

let api: TestApi;
let server: RunningServer;
/** Of a job that nobody runs. */
let id: string;

beforeAll(async () => {
  api = await startApi({ settings: { maxSubscriptions: SUBSCRIPTIONS } });
  const log = {
    request: () => {},
    unexpected: (_id: string, error: unknown) => api.logged.push(error),
  };
  server = await listen(api.yoga, { host: '127.0.0.1', port: 0 }, log);
  await api.query('mutation { createCollection(input: { name: "photos" }) { errors { code } } }');
  const { data } = await api.query(
    'mutation ($url: String!) { startIndex(input: { collection: "photos", items: [{ url: $url }] }) { job { id } } }',
    { url: dataUrl(picture(1), 'image/png') },
  );
  id = data.startIndex.job.id;
});

afterAll(() => api.close());

const HEADERS = { 'content-type': 'application/json', accept: 'text/event-stream' };
const asksForJob = () => JSON.stringify({ query: `subscription { job(id: "${id}") { state } }` });

const subscription = (signal: AbortSignal | null = null) =>
  fetch(`${server.url}/graphql`, {
    method: 'POST',
    signal,
    headers: HEADERS,
    body: asksForJob(),
  });

async function subscribe(signal?: AbortSignal) {
  const response = await subscription(signal);
  return response.body!.pipeThrough(new TextDecoderStream()).getReader();
}

/** Reads on until a text has come. */
async function readTo(reader: ReadableStreamDefaultReader<string>, text: string): Promise<string> {
  let read = '';
  while (!read.includes(text)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`expected ${JSON.stringify(text)}, got the end after ${read}`);
    read += value;
  }
  return read;
}

const QUEUED = 'event: next\ndata: {"data":{"job":{"state":"QUEUED"}}}\n\n';

test('the present state comes first, and comments keep the stream alive while nothing changes', async () => {
  const left = new AbortController();
  const reader = await subscribe(left.signal);
  await readTo(reader, QUEUED);
  await readTo(reader, ':\n\n');
  left.abort();
});

test('a client that goes is forgotten at once, though its job does not change', async () => {
  const forgotten = Promise.withResolvers<void>();
  const { jobs } = api.store;
  const watch = jobs.watch.bind(jobs);
  const spy = vi.spyOn(jobs, 'watch').mockImplementation((...args) => {
    const states = watch(...args);
    return {
      ...states,
      [Symbol.asyncIterator]() {
        return this;
      },
      return: async (value) => {
        forgotten.resolve();
        return states.return!(value);
      },
    };
  });
  const left = new AbortController();
  const reader = await subscribe(left.signal);
  await readTo(reader, QUEUED);
  left.abort();
  await forgotten.promise;
  spy.mockRestore();
});

/** A subscription on a connection of its own. @returns its first event, and what ends it. */
async function follow(): Promise<{ event: string; end(): void }> {
  const asked = request(`${server.url}/graphql`, {
    method: 'POST',
    agent: false,
    headers: HEADERS,
  });
  asked.end(asksForJob());
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  for await (const chunk of response.iterator({ destroyOnReturn: false })) {
    const event = String(chunk);
    if (event.includes('data:')) return { event, end: () => asked.destroy() };
  }
  throw new Error('expected an event, got none');
}

test('a caller has as many subscriptions at a time as the limit says, and others when those are over', async () => {
  const { data } = await api.query('{ limits { subscriptions } }');
  expect(data.limits).toEqual({ subscriptions: SUBSCRIPTIONS });
  const followed = await Promise.all(Array.from({ length: SUBSCRIPTIONS }, follow));
  for (const { event } of followed) expect(event).toContain('QUEUED');
  const { event } = await follow();
  expect(event).toContain('"code":"TOO_MANY_SUBSCRIPTIONS"');
  for (const { end } of followed) end();
  // The server has to hear of the ends of one try before the next, or no try would find room.
  const apart = { timeout: 240_000, interval: 1_000 };
  await vi.waitFor(async () => {
    const again = await Promise.all(Array.from({ length: SUBSCRIPTIONS }, follow));
    for (const { end } of again) end();
    for (const { event } of again) expect(event).toContain('QUEUED');
  }, apart);
  await vi.waitFor(async () => {
    const last = await follow();
    last.end();
    expect(last.event).toContain('QUEUED');
  }, apart);
});

test('a server that ends cuts streams off at once, and tells no client that its job is over', async () => {
  const reader = await subscribe();
  await readTo(reader, QUEUED);
  const drained = Promise.withResolvers<void>();
  const closed = server.close(GRACE_MS, drained.promise);
  await expect(readTo(reader, 'event: complete')).rejects.toThrow(/terminated/);
  const again = await subscription();
  expect([again.status, await again.json()]).toMatchObject([
    503,
    { errors: [{ extensions: { code: 'SHUTTING_DOWN' } }] },
  ]);
  drained.resolve();
  await closed;
  expect(api.logged).toEqual([]);
});
