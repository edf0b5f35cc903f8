import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Postgres } from '../../postgres/connection.ts';
import { openPostgres } from '../../postgres/postgres.ts';
import { startCutProxy } from '../../postgres/testing/cut-proxy.ts';
import { type TestPostgres, testPostgres } from '../../postgres/testing/test-postgres.ts';
import { openNotices } from './notices.ts';

let database: TestPostgres;
let postgres: Postgres;

beforeAll(async () => {
  database = await testPostgres();
  postgres = await openPostgres(database.url);
});

afterAll(async () => {
  await postgres.close();
  await database.close();
});

/** Notices of a process that reaches the database by way of another port. */
async function openThrough(port: number) {
  const url = new URL(database.url);
  url.port = String(port);
  const settings = { ...postgres.settings, connectionString: url.href };
  const notices = openNotices({ ...postgres, settings });
  onTestFinished(notices.close);
  const heard: (string | undefined)[] = [];
  notices.listen((id) => heard.push(id));
  return { notices, heard };
}

test('a change that one process tells is heard by all, and what was missed while cut off is told as anything', async () => {
  const proxy = await startCutProxy(Number(new URL(database.url).port));
  onTestFinished(proxy.close);
  const { notices, heard } = await openThrough(proxy.port);
  await expect.poll(() => notices.isLive).toBe(true);
  expect(heard).toEqual([undefined]);
  notices.tell('7', false);
  await expect.poll(() => heard).toEqual([undefined, '7']);
  proxy.cut();
  await expect.poll(() => notices.isLive).toBe(false);
  proxy.heal();
  await expect.poll(() => notices.isLive).toBe(true);
  expect(heard).toEqual([undefined, '7', undefined]);
  // Progress is told at most four times a second, and its last state too.
  for (let i = 0; i < 20; i++) notices.tell('8', true);
  await expect.poll(() => heard.slice(3)).toEqual(['8', '8']);
});

test('behind a pooler, which accepts LISTEN and passes nothing on, it is not live', async () => {
  const direct = await openThrough(Number(new URL(database.url).port));
  const pooled = await openThrough(await startPooler());
  await expect.poll(() => direct.notices.isLive).toBe(true);
  direct.notices.tell('7', false);
  await expect.poll(() => direct.heard).toContain('7');
  expect([pooled.notices.isLive, pooled.heard]).toEqual([false, []]);
});

const NOTIFICATION = 'A'.charCodeAt(0);

/** What stands for a pooler: it passes all messages on but notifications. @returns its port. */
async function startPooler(): Promise<number> {
  const server = createServer((near) => {
    const far = connect(Number(new URL(database.url).port), '127.0.0.1');
    near.pipe(far);
    let rest: Buffer = Buffer.alloc(0);
    far.on('data', (data) => {
      rest = Buffer.concat([rest, data]);
      while (rest.length >= 5 && rest.length >= 1 + rest.readUInt32BE(1)) {
        const message = rest.subarray(0, 1 + rest.readUInt32BE(1));
        rest = rest.subarray(message.length);
        if (message[0] !== NOTIFICATION) near.write(message);
      }
    });
    for (const socket of [near, far]) socket.on('error', () => {});
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
