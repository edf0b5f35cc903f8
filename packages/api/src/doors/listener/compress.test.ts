import { request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../testing/api.ts';
import { listen, type RunningServer } from './server.ts';

let api: TestApi;
let server: RunningServer;

beforeAll(async () => {
  api = await startApi();
  const unexpected = (_id: string, error: unknown) => api.logged.push(error);
  server = await listen(
    api.yoga,
    { host: '127.0.0.1', port: 0 },
    { unexpected, request: () => {} },
  );
});

afterAll(async () => {
  await server.close(0);
  expect(api.logged).toEqual([]);
  await api.close();
});

/** What comes over the wire; a `fetch` would unpack it. */
async function ask(path: string, headers: Record<string, string> = {}, body?: object) {
  const method = body === undefined ? 'GET' : 'POST';
  const type = { 'content-type': 'application/json' };
  const { promise, resolve, reject } = Promise.withResolvers<import('node:http').IncomingMessage>();
  httpRequest(`${server.url}${path}`, { method, headers: { ...type, ...headers } }, resolve)
    .on('error', reject)
    .end(body && JSON.stringify(body));
  const response = await promise;
  return { status: response.statusCode, headers: response.headers, bytes: await buffer(response) };
}

const UNPACK = { br: brotliDecompressSync, gzip: gunzipSync };

const embed = (count: number) => ({ input: Array.from({ length: count }, () => 'a dog') });
const graphql = (count: number) => ({
  query: `{ embed(inputs: [${'{ text: "a dog" } '.repeat(count)}]) { ... on Embedding { values } } }`,
});

describe.each(['br', 'gzip'] as const)('a client that takes %s', (coding) => {
  const accept = { 'accept-encoding': coding };

  test.each([
    ['an answer', '/v1/embeddings', embed(8)],
    ['a long answer, which is printed in slices', '/v1/embeddings', embed(1_500)],
    ['GraphQL’s', '/graphql', graphql(8)],
    ['a long one of GraphQL’s', '/graphql', graphql(1_500)],
    ['a document', '/openapi.json', undefined],
  ])('gets %s so, and it is the same', async (_what, path, body) => {
    const plain = await ask(path, {}, body);
    const packed = await ask(path, accept, body);
    expect([packed.status, packed.headers['content-encoding']]).toEqual([200, coding]);
    expect(packed.headers.vary).toContain('accept-encoding');
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(UNPACK[coding](packed.bytes).equals(plain.bytes)).toBe(true);
    expect(packed.bytes.length).toBeLessThan(0.7 * plain.bytes.length);
  });

  test('gets what is small, or compressed already, as it is', async () => {
    for (const path of ['/healthz', '/examples/march-pastoral.jpg', '/v1/models']) {
      expect((await ask(path, accept)).headers['content-encoding']).toBeUndefined();
    }
  });

  test('gets GraphiQL packed once, and not again while it is the same', async () => {
    const html = { accept: 'text/html' };
    const page = await ask('/graphql', { ...accept, ...html });
    expect([page.status, page.headers['content-encoding']]).toEqual([200, coding]);
    expect(page.bytes.length).toBeLessThan(4_000_000);
    const plain = await ask('/graphql', html);
    expect(UNPACK[coding](page.bytes).equals(plain.bytes)).toBe(true);
    const { etag } = page.headers;
    const again = await ask('/graphql', { ...accept, ...html, 'if-none-match': etag! });
    expect([again.status, again.bytes.length, again.headers.etag]).toEqual([304, 0, etag]);
    expect(again.headers['content-length']).toBeUndefined();
    const changed = await ask('/graphql', { ...accept, ...html, 'if-none-match': 'W/"other"' });
    expect(changed.status).toBe(200);
  });
});

test.each([
  ['br;q=0.5, gzip', 'gzip'],
  ['gzip, br', 'br'],
  ['GZIP;Q=0.1', 'gzip'],
  ['*', 'br'],
  ['br;q=0, *;q=0.2', 'gzip'],
  ['gzip;q=0', undefined],
  ['gzip;q=x', undefined],
  ['deflate, zstd', undefined],
  ['identity', undefined],
  ['', undefined],
])('accept-encoding: %s is answered in %s', async (accepted, coding) => {
  const { headers } = await ask('/openapi.json', { 'accept-encoding': accepted });
  expect(headers['content-encoding']).toBe(coding);
});
