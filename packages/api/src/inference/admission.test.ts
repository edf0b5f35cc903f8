import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { bytes, startWebServer, type WebServer } from '../../../core/src/testing/web-server.ts';
import { partyOf } from '../access/client-address.ts';
import { listen } from '../doors/listener/server.ts';
import { dataUrl, exampleBytes, ORIGIN, startApi, type TestApi } from '../testing/api.ts';
import { embedPicture, type HeldTower, holdImageTower, WAIT } from '../testing/held-tower.ts';
import { picture } from '../testing/pictures.ts';

const WORKERS = 3;
const PLACES = 5;
const FETCHES = 12;

let web: WebServer;
let api: TestApi;
let tower: HeldTower;
let origin: PromiseWithResolvers<void>;

beforeEach(async () => {
  origin = Promise.withResolvers();
  web = await startWebServer({
    '/slow.png': async (request, response) => {
      await origin.promise;
      bytes(picture(1), 'image/png')(request, response);
    },
  });
  api = await startApi({
    allowHosts: [web.host],
    inference: { maxBatch: WORKERS, queue: PLACES, fetches: FETCHES },
  });
  tower = holdImageTower(api);
});

afterEach(async () => {
  tower.open();
  origin.resolve();
  vi.restoreAllMocks();
  expect(api.logged).toEqual([]);
  await api.close();
  await web.close();
});

const post = (query: string, variables: object, signal?: AbortSignal) =>
  api.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
    ...(signal && { signal }),
  });

const EMBED = 'query ($url: String!) { embedImage(imageUrl: $url) { dimensions } }';

const post64 = (number: number, signal?: AbortSignal) =>
  post(EMBED, { url: dataUrl(picture(number), 'image/png') }, signal);

const statuses = async (responses: readonly Promise<Response>[]) =>
  (await Promise.all(responses)).map(({ status }) => status).toSorted();

/** Resolves once so many hold a place. */
const depth = (images: number) =>
  vi.waitFor(
    async () =>
      expect(await (await api.fetch('/metrics')).text()).toContain(
        `clipql_queue_depth{queue="model"} ${images}\n`,
      ),
    WAIT,
  );

function fail(_id: string, error: unknown): never {
  throw error;
}

const LOG = { unexpected: fail, request: () => {} };

/** Resolves once so many have been answered. */
const answered = (count: number, responses: readonly Promise<Response>[]) => {
  let settled = 0;
  for (const response of responses) void response.then(() => (settled += 1));
  return vi.waitFor(() => expect(settled).toBe(count), WAIT);
};

test('W workers and Q places: of W + Q + 2 requests at once exactly 2 are refused, at once', async () => {
  const requests = Array.from({ length: WORKERS + PLACES + 2 }, (_, i) => post64(i));
  // The model has answered nothing yet.
  await answered(2, requests);
  tower.open();
  expect(await statuses(requests)).toEqual([...Array(WORKERS + PLACES).fill(200), ...[429, 429]]);
});

test('the same as aliases of one operation beside another: exactly 2 are refused', async () => {
  const first = post64(0);
  const fields = Array.from(
    { length: WORKERS + PLACES + 1 },
    (_, i) =>
      `f${i}: embedImage(imageUrl: "${dataUrl(picture(i + 1), 'image/png')}") { dimensions }`,
  );
  const aliases = api.query(`{ ${fields.join('\n')} }`);
  await tower.begun(1);
  tower.open();
  expect((await first).status).toBe(200);
  const { status, data, errors } = await aliases;
  expect(status).toBe(200);
  expect(Object.values(data).filter((field) => field === null)).toHaveLength(2);
  expect(errors.map(({ extensions }) => extensions.code)).toEqual(['OVERLOADED', 'OVERLOADED']);
});

test('a refusal is status 429 with Retry-After and a code, and soon there is room again', async () => {
  const requests = Array.from({ length: WORKERS + PLACES }, (_, i) => post64(i));
  const refused = await post64(100);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(await refused.json()).toMatchObject({
    data: { embedImage: null },
    errors: [{ extensions: { code: 'OVERLOADED', retryAfter: expect.any(Number) } }],
  });
  tower.open();
  await Promise.all(requests);
  expect((await post64(100)).status).toBe(200);
  const metrics = await (await api.fetch('/metrics')).text();
  expect(metrics).toContain('clipql_refusals_total{code="OVERLOADED"} 1');
  expect(metrics).toContain('clipql_queue_depth{queue="model"} 0');
});

test('a flood of requests is turned away unread, for as long as the queue is full', async () => {
  const server = await listen(api.yoga, { host: '127.0.0.1', port: 0 }, LOG, (address, ahead) =>
    api.model.inference.flood(partyOf(address), ahead),
  );
  const ask = (number: number) =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: EMBED,
        variables: { url: dataUrl(picture(number), 'image/png') },
      }),
    });
  const accepted = Array.from({ length: WORKERS + PLACES }, (_, i) => ask(i));
  await tower.begun(1);
  await vi.waitFor(async () => {
    // Each is refused by the loader, until there are so many that they are a flood.
    const refused = await Promise.all(Array.from({ length: 60 }, () => ask(100)));
    const answers = await Promise.all(
      refused.map(async (response) => (await response.json()) as Record<string, unknown>),
    );
    for (const [i, { status, headers }] of refused.entries()) {
      expect(status).toBe(429);
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(answers[i]!.errors).toMatchObject([{ extensions: { code: 'OVERLOADED' } }]);
    }
    // Without data: nothing was executed.
    expect(answers.some(({ data }) => data === undefined)).toBe(true);
  }, WAIT);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  tower.open();
  for (const response of await Promise.all(accepted)) expect(response.status).toBe(200);
  expect((await ask(100)).status).toBe(200);
  await server.close(1_000);
});

test('a client that breaks its connection off leaves the queue, and no error in the log', async () => {
  const server = await listen(api.yoga, { host: '127.0.0.1', port: 0 }, LOG);
  const running = post64(0);
  await tower.begun(1);
  const client = new AbortController();
  const gone = fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: EMBED, variables: { url: dataUrl(picture(1), 'image/png') } }),
    signal: client.signal,
  }).catch(() => undefined);
  await depth(2);
  client.abort();
  await gone;
  await depth(1);
  tower.open();
  expect((await running).status).toBe(200);
  expect(tower.batches).toEqual([1]);
  await server.close(1_000);
});

test('texts are priced by their own tower, and what is cached is free', async () => {
  const text = (value: string) => api.query(`{ embedText(text: "${value}") { tokens } }`);
  expect((await text('a dog')).errors).toEqual([]);
  const images = Array.from({ length: WORKERS + PLACES }, (_, i) => post64(i));
  await tower.begun(1);
  expect((await text('a dog')).errors).toEqual([]);
  // Less than an equal share finds room; more than that does not.
  const inputs = Array.from({ length: 500 }, (_, i) => ({ text: `a cat ${i}` }));
  const many = await api.query(
    'query ($inputs: [EmbeddingInput!]!) { embed(inputs: $inputs) { __typename } }',
    { inputs },
  );
  expect(many.errors).toMatchObject([{ extensions: { code: 'OVERLOADED' } }]);
  const little = text('a cat');
  tower.open();
  expect((await little).errors).toEqual([]);
  expect(await statuses(images)).toEqual(Array(WORKERS + PLACES).fill(200));
});

test('an operation that is alone is answered, whatever it costs', async () => {
  tower.open();
  const labels = Array.from({ length: 300 }, (_, i) => `thing number ${i}`);
  const classify = (i: number) =>
    `f${i}: classify(imageUrl: "${dataUrl(picture(i), 'image/png')}", labels: $labels) { label }`;
  const fields = Array.from({ length: 20 }, (_, i) => classify(i)).join('\n');
  const { errors } = await api.query(`query ($labels: [String!]!) { ${fields} }`, { labels });
  expect(errors).toEqual([]);
});

test('slow origins have places of their own: images at hand are answered meanwhile', async () => {
  tower.open();
  const slow = (i: number) => post(EMBED, { url: `${web.url}/slow.png?${i}` });
  const urls = Array.from({ length: FETCHES + 2 }, (_, i) => slow(i));
  await answered(2, urls);
  expect((await post64(7)).status).toBe(200);
  origin.resolve();
  expect((await statuses(urls)).filter((status) => status === 429)).toHaveLength(2);
});

test('an image under way, or known, takes no place from others', async () => {
  const same = Array.from({ length: WORKERS + PLACES }, () => post64(1));
  await tower.begun(1);
  const others = Array.from({ length: WORKERS + PLACES - 1 }, (_, i) => post64(i + 2));
  tower.open();
  expect(await statuses([...same, ...others])).toEqual(Array(2 * (WORKERS + PLACES) - 1).fill(200));
  expect(tower.batches.reduce((sum, size) => sum + size, 0)).toBe(WORKERS + PLACES);
});

test('a client that has gone is dropped from the queue, and leaves its place', async () => {
  const running = post64(0);
  await tower.begun(1);
  const client = new AbortController();
  const gone = Array.from({ length: WORKERS + PLACES - 1 }, (_, i) =>
    post64(i + 1, client.signal).catch(() => undefined),
  );
  expect((await post64(100)).status).toBe(429);
  client.abort();
  await Promise.all(gone);
  // Only the one that runs holds a place.
  await depth(1);
  const next = Array.from({ length: WORKERS + PLACES - 1 }, (_, i) => post64(i + 200));
  tower.open();
  expect(await statuses([running, ...next])).toEqual(Array(WORKERS + PLACES).fill(200));
  // Nothing of what the client asked for was computed.
  expect(tower.batches.reduce((sum, size) => sum + size, 0)).toBe(WORKERS + PLACES);
});

test('an operation past its deadline is told so, and its images leave the queue', async () => {
  const hasty = await startApi({
    settings: { deadline: 0.02 },
    inference: { maxBatch: 1, queue: 5 },
  });
  const held = holdImageTower(hasty);
  const answers = await Promise.all([embedPicture(hasty, 1), embedPicture(hasty, 2)]);
  for (const { errors } of answers) {
    expect(errors).toMatchObject([{ extensions: { code: 'DEADLINE_EXCEEDED' } }]);
  }
  held.open();
  expect(held.batches.length).toBeLessThanOrEqual(1);
  await hasty.close();
});

test('an example is fetched, classified and cached by its content', async () => {
  tower.open();
  const url = '/examples/march-pastoral.jpg';
  expect((await post(EMBED, { url })).status).toBe(200);
  expect((await post(EMBED, { url: `${ORIGIN}${url}` })).status).toBe(200);
  const inline = dataUrl(await exampleBytes('march-pastoral.jpg'));
  expect((await post(EMBED, { url: inline })).status).toBe(200);
  expect(tower.batches).toEqual([1]);
  const metrics = await (await api.fetch('/metrics')).text();
  expect(metrics).toContain('clipql_cache_lookups_total{cache="image",result="hit"} 2');
});

test('beside a few large operations, a small one of the same caller finds room and is run next', async () => {
  const images = Array.from({ length: 20 }, (_, i) => ({
    base64: Buffer.from(picture(i)).toString('base64'),
  }));
  const query = `query ($images: [ImageInput!]!) {
    classifyMany(images: $images, labels: ["a", "b"]) { __typename }
  }`;
  const large = api.query(query, { images });
  await tower.begun(1);
  await depth(20);
  const small = post64(100);
  await depth(21);
  tower.open();
  expect((await small).status).toBe(200);
  // Three batches were decoded before it came; after them it is its turn.
  expect(tower.batches.length).toBeLessThanOrEqual(5);
  expect((await large).data.classifyMany).toHaveLength(20);
  expect(tower.batches.length).toBeGreaterThanOrEqual(7);
});
