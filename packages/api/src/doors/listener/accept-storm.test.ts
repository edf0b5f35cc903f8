import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ClipqlYoga } from '../yoga.ts';
import { listen } from './server.ts';

const LOG = { unexpected: () => {}, request: () => {} };
const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

const yoga = {
  handleNodeRequestAndResponse: async () => new Response('hello'),
} as unknown as ClipqlYoga;

interface Ending {
  /** Undefined for a connection that was never made. */
  readonly ownPort: number | undefined;
  readonly answer: string;
}

/** A request on a connection of its own, and what came of it. */
function ask(port: number): Promise<Ending> {
  return new Promise((resolve) => {
    const client = connect({ host: '127.0.0.1', port });
    let ownPort: number | undefined;
    let answer = '';
    client.on('connect', () => {
      ownPort = client.localPort;
      client.write(GET);
    });
    client.on('data', (chunk) => {
      answer += chunk;
    });
    client.on('error', () => {});
    client.on('close', () => resolve({ ownPort, answer }));
  });
}

/** Clients that connect without pause until they are told to stop, and what came of each. */
function storm(port: number) {
  const endings: Promise<Ending>[] = [];
  let isOver = false;
  const running = (async () => {
    while (!isOver) {
      for (let i = 0; i < 5; i++) endings.push(ask(port));
      await setTimeout(1);
    }
  })();
  return {
    stop: async (): Promise<readonly Ending[]> => {
      isOver = true;
      await running;
      return Promise.all(endings);
    },
  };
}

const isAnswered = ({ answer }: Ending): boolean => /^HTTP\/1\.1 200 [\s\S]*hello$/.test(answer);

test('clients connect without pause until after a server has closed: whoever it accepted has an answer', async () => {
  const accepted = new Set<number>();
  const note = (message: unknown) => {
    accepted.add((message as { socket: Socket }).socket.remotePort!);
  };
  subscribe('net.server.socket', note);
  const server = await listen(yoga, { host: '127.0.0.1', port: 0 }, LOG);
  const clients = storm(Number(new URL(server.url).port));
  await setTimeout(200);
  await server.close(600);
  const endings = await clients.stop();
  unsubscribe('net.server.socket', note);
  const answered = endings.filter(isAnswered);
  expect(new Set(answered.map(({ ownPort }) => ownPort))).toEqual(accepted);
  expect(answered.length).toBeGreaterThan(0);
});

test('clients that connect for a while after a server began to close are answered, all of them', async () => {
  const server = await listen(yoga, { host: '127.0.0.1', port: 0 }, LOG);
  const clients = storm(Number(new URL(server.url).port));
  await setTimeout(100);
  const closed = server.close(60_000);
  await setTimeout(300);
  const endings = await clients.stop();
  expect(endings.filter((ending) => !isAnswered(ending))).toEqual([]);
  await closed;
});
