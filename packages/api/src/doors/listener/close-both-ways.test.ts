import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import type { ClipqlYoga } from '../yoga.ts';
import { listen } from './server.ts';

const yoga = {
  handleNodeRequestAndResponse: async () => new Response('hello'),
} as unknown as ClipqlYoga;

const LOG = { unexpected: () => {}, request: () => {} };

test.each([
  ['408', 'POST /graphql HTTP/1.1\r\nHost: localhost\r\n'],
  ['400', 'hello\r\n\r\n'],
  ['431', `GET / HTTP/1.1\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`],
  ['200', 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'],
])(
  'the connection of a client that was told %s is closed, though the client never closes its half',
  async (status, request) => {
    const where = { host: '127.0.0.1', port: 0 };
    const server = await listen(yoga, { ...where, transferMs: () => 50 }, LOG);
    const port = Number(new URL(server.url).port);
    const client = connect({ ...where, port, allowHalfOpen: true });
    const closed = new Promise((resolve) => client.on('error', () => {}).once('close', resolve));
    client.write(request);
    const [answer] = await once(client, 'data');
    expect(String(answer)).toContain(`HTTP/1.1 ${status} `);
    // Bytes that nobody takes reset the connection, and nothing else ends it.
    const sending = setInterval(() => client.write('x: 1\r\n'), 100);
    await closed;
    clearInterval(sending);
    await server.close(0);
  },
);
