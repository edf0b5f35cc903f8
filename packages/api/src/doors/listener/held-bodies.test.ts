import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startApi, type TestApi } from '../../testing/api.ts';
import { WAIT } from '../../testing/held-tower.ts';
import { listen, type RunningServer } from './server.ts';

const KIBIBYTE = 1024;

let api: TestApi;
let server: RunningServer;

beforeAll(async () => {
  api = await startApi({ settings: { maxRequestMegabytes: 1 } });
  const options = { host: '127.0.0.1', port: 0, heldBytes: 500 * KIBIBYTE };
  const unexpected = (_id: string, error: unknown) => api.logged.push(error);
  server = await listen(api.yoga, options, { unexpected, request: () => {} });
});

afterAll(async () => {
  await server.close(0);
  expect(api.logged).toEqual([]);
  await api.close();
});

const QUERY = { '/graphql': { query: '{ models { name } }' }, '/v1/embeddings': { input: 'a' } };

/** A query with so many bytes around it. */
async function post(path: keyof typeof QUERY, bytes: number) {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `${JSON.stringify(QUERY[path])}${' '.repeat(bytes)}`,
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function open(request: string): Socket {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.on('error', () => {}).write(request);
  return socket;
}

const HEAD = 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

test('bodies that do not end leave room for small ones and, once they are gone, for all', async () => {
  const stalled = open(
    `${HEAD}Content-Length: ${900 * KIBIBYTE}\r\n\r\n${' '.repeat(450 * KIBIBYTE)}`,
  );
  for (const path of ['/graphql', '/v1/embeddings'] as const) {
    const { headers, text } = await vi.waitFor(async () => {
      const answer = await post(path, 100 * KIBIBYTE);
      expect(answer.status).toBe(429);
      return answer;
    }, WAIT);
    expect(text).toContain('"OVERLOADED"');
    expect(headers.get('retry-after')).toBe('1');
    expect((await post(path, 10 * KIBIBYTE)).status).toBe(200);
  }
  stalled.destroy();
  await vi.waitFor(
    async () => expect((await post('/graphql', 100 * KIBIBYTE)).status).toBe(200),
    WAIT,
  );
});

test('a body that is alone may be as large as a request', async () => {
  expect((await post('/graphql', 900 * KIBIBYTE)).status).toBe(200);
});

test('who sends more than a request may have, without saying so before, gets to the answer', async () => {
  const socket = open(`${HEAD}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n`);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  const chunk = `${(64 * KIBIBYTE).toString(16)}\r\n${' '.repeat(64 * KIBIBYTE)}\r\n`;
  for (let i = 0; i < 64; i++) if (!socket.write(chunk)) await once(socket, 'drain');
  socket.end('0\r\n\r\n');
  await once(socket, 'close');
  expect(String(Buffer.concat(chunks))).toMatch(/^HTTP\/1\.1 413 [\s\S]*"REQUEST_TOO_LARGE"/);
});

test.each([
  ['multipart/mixed', 'content-length', 'transfer-encoding'],
  // Which comes as it is made.
  ['text/event-stream', 'transfer-encoding', 'content-length'],
])(
  'an answer as %s has %s alone, and ends its connection where that was asked for',
  async (accept, has, hasNot) => {
    const body = JSON.stringify(QUERY['/graphql']);
    const socket = open(
      `${HEAD}Connection: close\r\nAccept: ${accept}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    await once(socket, 'close');
    const answer = String(Buffer.concat(chunks));
    const [headers] = answer.toLowerCase().split('\r\n\r\n');
    expect(headers).toContain(`\r\n${has}: `);
    expect(headers).not.toContain(`\r\n${hasNot}: `);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    expect(answer).toContain('"nano"');
  },
);
