import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Handler,
  startWebServer,
  type WebServer,
} from '../../../../core/src/testing/web-server.ts';
import { createImageFetcher } from '../../images/fetch-image.ts';
import { openLabelSets } from '../../label-sets/label-sets.ts';
import { modelSources } from '../../models/model-sources.ts';
import { createModelRegistry } from '../../models/registry.ts';
import { NO_PICTURES } from '../../pictures/pictures.ts';
import { parseSettings } from '../../settings/settings.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { exampleBytes, openTestStore } from '../../testing/api.ts';
import { createReadiness } from '../requests/readiness.ts';
import type { Services } from '../requests/services.ts';
import { type ClipqlYoga, createClipqlYoga } from '../yoga.ts';
import { listen, type RunningServer } from './server.ts';

/** A server that closes waits for a pause in which nobody connects. */
const BETWEEN_PROBES_MS = 200;
const ANY_PORT = { host: '127.0.0.1', port: 0 };

/** Answers once the test says so. */
const held = Promise.withResolvers<void>();
const asked = Promise.withResolvers<void>();
const slow: Handler = async (_request, response) => {
  asked.resolve();
  await held.promise;
  response.end(await exampleBytes('march-pastoral.jpg'));
};

/** Answers once the test says so, and tells when eight have asked. */
const lateHeld = Promise.withResolvers<void>();
const lateAsked = Promise.withResolvers<void>();
let lateCount = 0;
const late: Handler = async (_request, response) => {
  lateCount += 1;
  if (lateCount === LATE) lateAsked.resolve();
  await lateHeld.promise;
  response.end(await exampleBytes('march-pastoral.jpg'));
};
const LATE = 8;
const latePaths = Array.from({ length: LATE }, (_, i) => `/late-${i}.jpg`);

let web: WebServer;
let yoga: ClipqlYoga;
let services: Services;
const endings: (() => unknown)[] = [];

beforeAll(async () => {
  web = await startWebServer({
    '/slow.jpg': slow,
    ...Object.fromEntries(latePaths.map((path) => [path, late])),
  });
  const models = createModelRegistry(modelSources([]));
  const fetcher = createImageFetcher({ allowHosts: new Set([web.host]) });
  const settings = parseSettings({}, {});
  const store = await openTestStore(settings, models, fetcher, fail.bind(undefined, 'job'));
  services = {
    models,
    fetcher,
    metrics: createMetrics(),
    readiness: createReadiness(),
    labelSets: await openLabelSets(undefined, () => {}),
    pictures: NO_PICTURES,
    store,
    settings,
    logRequest: () => {},
    warn: () => {},
  };
  yoga = createClipqlYoga(services, fail);
  endings.push(store.close, web.close, fetcher.close, models.close);
});

afterAll(() => Promise.all(endings.map((end) => end())));

function fail(_id: string, error: unknown): never {
  throw error;
}

const LOG = { unexpected: fail, request: () => {} };

const query = (server: RunningServer, imageUrl: string) =>
  fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: `{ classify(imageUrl: "${imageUrl}", labels: ["sheep", "car"]) { label } }`,
    }),
  });

test('a server answers queries, its own examples under its own names among them', async () => {
  const server = await listen(yoga, ANY_PORT, LOG);
  const { port } = new URL(server.url);
  for (const origin of ['', server.url, `http://localhost:${port}`, `http://[::1]:${port}`]) {
    const response = await query(server, `${origin}/examples/march-pastoral.jpg`);
    expect(await response.json()).toEqual({ data: { classify: { label: 'sheep' } } });
  }
  const page = await fetch(`${server.url}/`, { headers: { accept: 'text/html' } });
  expect(await page.text()).toContain('<title>ClipQL</title>');
  await server.close(0);
});

test('other pages of this server are no images', async () => {
  const server = await listen(yoga, ANY_PORT, LOG);
  const response = await query(server, `${server.url}/healthz`);
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code: 'HOST_NOT_ALLOWED' } }],
  });
  await server.close(0);
});

test('closing takes no new requests and waits for those in flight', async () => {
  const server = await listen(yoga, ANY_PORT, LOG);
  const answer = query(server, `${web.url}/slow.jpg`);
  await asked.promise;
  const closed = server.close(60_000);
  while (await isListening(server)) await setTimeout(BETWEEN_PROBES_MS);
  held.resolve();
  expect(await (await answer).json()).toEqual({ data: { classify: { label: 'sheep' } } });
  await closed;
});

test('closing under load loses nothing: each request that was sent is answered', async () => {
  const server = await listen(yoga, ANY_PORT, LOG);
  const readiness = services.readiness;
  const warm = Promise.withResolvers<void>();
  let answered = 0;
  let isBalancing = true;
  const client = async (): Promise<void> => {
    while (isBalancing) {
      const isEnding = !readiness.isReady;
      const response = await query(server, '/examples/march-pastoral.jpg');
      expect(await response.json()).toEqual({ data: { classify: { label: 'sheep' } } });
      if (isEnding) expect(response.headers.get('connection')).toBe('close');
      answered += 1;
      if (answered === 40) warm.resolve();
    }
  };
  const clients = Array.from({ length: 16 }, client);
  await warm.promise;

  const beforeEnd = answered;
  const drained = Promise.withResolvers<void>();
  readiness.end();
  const closed = server.close(60_000, drained.promise);
  // A load balancer sends requests until it has heard.
  while (answered < beforeEnd + 40) {
    const ready = await fetch(`${server.url}/readyz`);
    expect(ready.status).toBe(503);
  }
  isBalancing = false;
  await Promise.all(clients);
  // What has come in by now may take until after the listener is gone.
  const lateAnswers = latePaths.map((path) => query(server, `${web.url}${path}`));
  await lateAsked.promise;
  drained.resolve();
  while (await isListening(server)) await setTimeout(BETWEEN_PROBES_MS);
  lateHeld.resolve();
  for (const response of await Promise.all(lateAnswers)) {
    expect(await response.json()).toEqual({ data: { classify: { label: 'sheep' } } });
  }
  await closed;
  await expect(fetch(`${server.url}/readyz`)).rejects.toThrow();
});

test('what is not done when the grace ends is SHUTTING_DOWN, status 503', async () => {
  let isAsked = false;
  const never = {
    handleNodeRequestAndResponse: () => {
      isAsked = true;
      return new Promise(() => {});
    },
  } as unknown as ClipqlYoga;
  const server = await listen(never, ANY_PORT, LOG);
  const answer = fetch(server.url);
  while (!isAsked) await setImmediate();
  await server.close(50);
  const response = await answer;
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('1');
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code: 'SHUTTING_DOWN' } }],
  });
});

test('a client that went away before its answer is in the log with status 0', async () => {
  const begun = Promise.withResolvers<void>();
  const logged = Promise.withResolvers<number>();
  const hung = await startWebServer({ '/hung.jpg': () => begun.resolve() });
  const fetcher = createImageFetcher({ allowHosts: new Set([hung.host]) });
  const logRequest: Services['logRequest'] = ({ status }) => logged.resolve(status);
  const server = await listen(
    createClipqlYoga({ ...services, fetcher, logRequest }, fail),
    ANY_PORT,
    LOG,
  );
  const leaving = new AbortController();
  const body = JSON.stringify({
    query: `{ classify(imageUrl: "${hung.url}/hung.jpg", labels: ["a"]) { label } }`,
  });
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body, signal: leaving.signal };
  const gone = expect(fetch(`${server.url}/graphql`, init)).rejects.toThrow();
  await begun.promise;
  leaving.abort();
  await gone;
  expect(await logged.promise).toBe(0);
  await server.close(0);
  await fetcher.close();
  await hung.close();
});

test('a port in use is LISTEN_FAILED', async () => {
  await expect(listen(yoga, { host: '127.0.0.1', port: web.port }, LOG)).rejects.toEqual(
    expect.objectContaining({
      code: 'LISTEN_FAILED',
      message: `cannot listen on 127.0.0.1:${web.port}: it is in use; --port chooses another`,
    }),
  );
});

test('an address of another machine is LISTEN_FAILED', async () => {
  await expect(listen(yoga, { host: '192.0.2.1', port: 0 }, LOG)).rejects.toEqual(
    expect.objectContaining({ code: 'LISTEN_FAILED', message: expect.stringMatching(/--host/) }),
  );
});

test('what goes wrong below GraphQL is logged, and no stack is shown', async () => {
  const failure = new Error('secret');
  const broken = {
    handleNodeRequestAndResponse: () => Promise.reject(failure),
  } as unknown as ClipqlYoga;
  const logged: unknown[] = [];
  const server = await listen(broken, ANY_PORT, {
    ...LOG,
    unexpected: (_id, error) => logged.push(error),
  });
  const response = await fetch(server.url);
  expect(response.status).toBe(500);
  const id = response.headers.get('x-request-id');
  expect(await response.json()).toEqual({
    errors: [
      {
        message: `something went wrong inside ClipQL; its log says what under ${id}`,
        extensions: { code: 'INTERNAL' },
      },
    ],
  });
  expect(logged).toEqual([failure]);
  await server.close(0);
});

/** What asks for a long answer: printed slice by slice, or sent whole. */
const LONG_ANSWERS = [
  [
    'embeddings',
    post(`{ embed(inputs: [${'{ text: "a" } '.repeat(6_000)}]) { ... on Embedding { values } } }`),
  ],
  ['a page', 'GET /graphql HTTP/1.1\r\nhost: localhost\r\naccept: text/html\r\n\r\n'],
] as const;

test.each(LONG_ANSWERS)(
  'a client that does not take %s is cut off, and the answer let go of',
  async (_what, request) => {
    const maxRequestMegabytes = 1000;
    // The request itself may take its time.
    const transferMs = (bytes: number) => (bytes > 1e9 ? 1_000_000 : 50);
    const server = await listen(yoga, { ...ANY_PORT, maxRequestMegabytes, transferMs }, LOG);
    const rest = await beginToTake(server, request);
    // Resolves once every connection has ended.
    await server.close(1_000_000);
    expect(isWhole(await rest())).toBe(false);
  },
);

test.each(LONG_ANSWERS)('closing waits for a client that is taking %s', async (_what, request) => {
  const server = await listen(yoga, ANY_PORT, LOG);
  const rest = await beginToTake(server, request);
  const closed = server.close(1_000_000);
  expect(isWhole(await rest())).toBe(true);
  await closed;
});

test.each([
  ['says nothing', ''],
  ['stops in its headers', 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-A: '],
  [
    'stops in its body',
    'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"query',
  ],
  [
    'stops in its body at a door beside GraphQL',
    'POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{"input',
  ],
])('a client that %s is REQUEST_TIMEOUT, status 408, and cut off', async (_what, request) => {
  const server = await listen(yoga, { ...ANY_PORT, transferMs: () => 50 }, LOG);
  const answer = await raw(server, request);
  expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  expect(answer).toContain('"code":"REQUEST_TIMEOUT"');
  expect(answer).toMatch(/\r\nconnection: close\r\n/i);
  await server.close(0);
});

test('whatever is refused before a door sees it has an id, and a line in the log with it', async () => {
  const lines: Parameters<Services['logRequest']>[0][] = [];
  const log = { ...LOG, request: (line: (typeof lines)[0]) => lines.push(line) };
  const api = createClipqlYoga({ ...services, logRequest: log.request }, fail);
  const overloaded = { code: 'OVERLOADED', message: 'full', retryAfter: 1 } as const;
  let isFull = false;
  const flood = () => (isFull ? overloaded : undefined);
  const server = await listen(api, { ...ANY_PORT, transferMs: () => 50 }, log, flood);
  const head = 'POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: mine\r\n';
  const answers = [
    await raw(server, 'hello\r\n\r\n'),
    await raw(server, `GET / HTTP/1.1\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`),
    await raw(server, 'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n'),
    await raw(server, `${head}Content-Length: 99\r\n\r\n{"input`),
  ];
  isFull = true;
  answers.push(await raw(server, `${head}Content-Length: 2\r\nConnection: close\r\n\r\n{}`));
  await server.close(0);
  expect(lines.map(({ status, code, path }) => [status, code, path])).toEqual([
    [400, 'BAD_REQUEST', undefined],
    [431, 'HEADERS_TOO_LARGE', undefined],
    [400, 'BAD_REQUEST', '/'],
    [408, 'REQUEST_TIMEOUT', '/v1/embeddings'],
    [429, 'OVERLOADED', '/v1/embeddings'],
  ]);
  const ids = answers.map((answer) => /^x-request-id: (\S+)/im.exec(answer)?.[1]);
  expect(ids).toEqual(lines.map(({ requestId }) => requestId));
  expect(ids.slice(3)).toEqual(['mine', 'mine']);
  expect(lines.map(({ address }) => address)).toEqual(lines.map(() => '127.0.0.1'));
});

/** @returns what takes the rest, and gives all that came. */
async function beginToTake(server: RunningServer, request: string) {
  const client = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => {});
  client.write(request);
  const chunks = (await once(client, 'data')) as Buffer[];
  client.pause();
  return async (): Promise<Buffer> => {
    client.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(client.resume(), 'close');
    return Buffer.concat(chunks);
  };
}

/** Of an answer with or without a length that is known beforehand. */
function isWhole(answer: Buffer): boolean {
  const headers = answer.subarray(0, answer.indexOf('\r\n\r\n')).toString('latin1');
  const [, length] = /content-length: (\d+)/i.exec(headers) ?? [];
  if (length !== undefined) return answer.length === headers.length + 4 + Number(length);
  return answer.subarray(-5).toString('latin1') === '0\r\n\r\n';
}

function post(query: string): string {
  const body = JSON.stringify({ query });
  const head = [
    'POST /graphql HTTP/1.1',
    'host: localhost',
    'content-type: application/json',
    `content-length: ${body.length}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

const isListening = (server: RunningServer): Promise<boolean> =>
  fetch(`${server.url}/healthz`).then(
    () => true,
    () => false,
  );

/** What the server sends back for these very bytes. */
function raw(server: RunningServer, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    connect(Number(new URL(server.url).port), '127.0.0.1')
      .on('data', (chunk) => {
        answer += chunk;
      })
      .on('end', () => resolve(answer))
      .on('error', reject)
      .write(request);
  });
}
