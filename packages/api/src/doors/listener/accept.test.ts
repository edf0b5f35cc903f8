import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { PublicError } from '../../errors/public-error.ts';
import type { ClipqlYoga } from '../yoga.ts';
import { listen, type RunningServer } from './server.ts';

const LOG = { unexpected: () => {}, request: () => {} };
const ANY_PORT = { host: '127.0.0.1', port: 0 };
const KEPT = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

/** Tells the methods of requests in the order in which they begin. */
const begun: string[] = [];
const yoga = {
  handleNodeRequestAndResponse: async ({ method }: Request) => {
    begun.push(method);
    return new Response('hello');
  },
} as unknown as ClipqlYoga;

const connectTo = ({ url }: RunningServer): Socket =>
  connect({ host: '127.0.0.1', port: Number(new URL(url).port) });

const post = (bytes: number): string =>
  `POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${bytes}\r\n\r\n${'x'.repeat(bytes)}`;

test('connections that wait to be accepted when a server closes are answered', async () => {
  const server = await listen(yoga, ANY_PORT, LOG);
  // The kernel has accepted them all before the server has had a turn of the event loop.
  const clients = Array.from({ length: 300 }, () => connectTo(server));
  const closed = server.close(60_000);
  for (const client of clients) client.write(GET);
  const answers = await Promise.all(clients.map((client) => text(client)));
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*hello$/);
  await closed;
});

test('a request that is refused unread has its answer, though its body is still coming', async () => {
  const full: PublicError = { code: 'OVERLOADED', message: 'full', retryAfter: 1 };
  const server = await listen(yoga, ANY_PORT, LOG, () => full);
  const clients = Array.from({ length: 20 }, () => connectTo(server));
  for (const client of clients) client.write(post(300_000));
  const answers = await Promise.all(clients.map((client) => text(client)));
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 429 [\s\S]*"OVERLOADED"/);
  await server.close(0);
});

test('a probe does not wait until a burst of work before it has begun', async () => {
  const server = await listen(yoga, ANY_PORT, LOG);
  const clients = Array.from({ length: 101 }, () => connectTo(server));
  // Once it is answered, a connection has been accepted: the kernel connects it before that.
  for (const client of clients) client.write(KEPT);
  await Promise.all(clients.map((client) => once(client, 'data')));
  begun.length = 0;
  for (const client of clients.slice(0, 100)) client.write(post(1));
  clients[100]!.write(GET);
  await Promise.all(clients.map((client) => text(client)));
  expect(begun).toHaveLength(101);
  expect(begun.indexOf('GET')).toBeLessThan(50);
  await server.close(0);
});

test('a connection that was opened in advance, and stays silent, does not hold a closing server up', async () => {
  const server = await listen(yoga, ANY_PORT, LOG);
  const client = connectTo(server);
  await once(client, 'connect');
  const answer = text(client);
  await server.close(600_000);
  expect(await answer).toBe('');
});

test('a port that another server of ours listens on is in use', async () => {
  const server = await listen(yoga, ANY_PORT, LOG);
  const port = Number(new URL(server.url).port);
  await expect(listen(yoga, { ...ANY_PORT, port }, LOG)).rejects.toMatchObject({
    code: 'LISTEN_FAILED',
  });
  await server.close(0);
});
