import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { ClipqlYoga } from '../yoga.ts';
import { listen } from './server.ts';

const yoga = {
  handleNodeRequestAndResponse: async () => new Response('hello'),
} as unknown as ClipqlYoga;

const ANY_PORT = { host: '127.0.0.1', port: 0 };
const LOG = { unexpected: () => {}, request: () => {} };

const METHOD = 'expected a request that begins with an HTTP method, such as GET or POST';

test.each([
  ['no HTTP', 'hello\r\n\r\n', 400, 'BAD_REQUEST', METHOD],
  ['an unknown method', 'BREW / HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'BAD_REQUEST', METHOD],
  ['another version', 'GET / HTTP/9.9\r\nHost: a\r\n\r\n', 400, 'BAD_REQUEST', 'in HTTP'],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', 400, 'BAD_REQUEST', 'expected a Host header, got none'],
  ['an invalid host', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', 400, 'BAD_REQUEST', 'valid host'],
  [
    'headers without end',
    `GET / HTTP/1.1\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`,
    431,
    'HEADERS_TOO_LARGE',
    '16 KiB',
  ],
])(
  '%s is refused with a code and a reason, without a stack',
  async (_what, request, status, code, message) => {
    const server = await listen(yoga, ANY_PORT, LOG);
    const client = connect(Number(new URL(server.url).port), ANY_PORT.host);
    await once(client, 'connect');
    client.end(request);
    const answer = await text(client);
    const [head, body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(JSON.parse(body)).toMatchObject({
      errors: [{ message: expect.stringContaining(message), extensions: { code } }],
    });
    expect(body).not.toMatch(/\bat .*:\d+/);
    await server.close(0);
  },
);

test('HTTP/1.0 needs no host', async () => {
  const server = await listen(yoga, ANY_PORT, LOG);
  const client = connect(Number(new URL(server.url).port), ANY_PORT.host);
  client.end('GET / HTTP/1.0\r\n\r\n');
  expect(await text(client)).toMatch(/^HTTP\/1\.1 200 /);
  await server.close(0);
});
