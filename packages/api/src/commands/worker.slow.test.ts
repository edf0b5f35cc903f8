/** Servers and workers as operators start them, with a real PostgreSQL between. */
// These run the built command line: `npm test` builds it first.
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type PictureHost,
  slowAndFailing,
  startPictureHost,
} from '../jobs/testing/picture-host.ts';
import {
  postgresPrograms,
  type RealPostgres,
  startRealPostgres,
} from '../postgres/testing/real-postgres.ts';
import { type BuiltServer, startBuiltServer } from '../testing/built-server.ts';
import { startBuiltWorker } from '../testing/built-worker.ts';
import { clipql, expectFailure } from '../testing/command-line.ts';
import { NANO } from '../testing/models.ts';

const programs = await postgresPrograms();
const without = programs ? '' : ' (skipped, since there is no PostgreSQL to be had)';

test('a worker without a database says what it needs', async () => {
  expectFailure(await clipql('worker'), /BAD_OPTION: expected --store as postgres:/);
});

describe.runIf(programs !== undefined)(`servers and workers${without}`, () => {
  let postgres: RealPostgres;
  let host: PictureHost;
  let flags: readonly string[];
  let databases = 0;
  const ending: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    postgres = await startRealPostgres(programs!);
    host = await startPictureHost(slowAndFailing);
  });
  afterAll(async () => {
    await host.close();
    await postgres.close();
  });
  beforeEach(async () => {
    const url = await postgres.createDatabase(`command_${databases++}`);
    flags = ['--store', url, '--model', NANO, '--allow-hosts', host.host];
  });
  afterEach(async () => {
    for (const end of ending.splice(0)) await end();
  });

  const startServer = async (): Promise<BuiltServer> => {
    const server = await startBuiltServer(flags);
    ending.push(server.end);
    return server;
  };
  const startWorker = async () => {
    const worker = await startBuiltWorker(flags);
    ending.push(async () => worker.child.kill('SIGKILL'));
    return worker;
  };

  test('200 subscriptions on two servers to one job all see its end, and take no more memory for it', async () => {
    const servers = [await startServer(), await startServer()];
    for (let i = 0; i < 2; i++) await startWorker();
    const id = await startIndex(servers[0]!, host, 900);
    const before = await Promise.all(servers.map(residentBytes));
    const watching = servers.flatMap((server) =>
      Array.from({ length: 100 }, () => statesOf(server, id)),
    );
    const seen = await Promise.all(watching);
    const last = { state: 'DONE', done: 900 - 18, failed: 18, total: 900 };
    for (const states of seen) {
      expect(states.at(-1)).toEqual(last);
      expect(states.length).toBeGreaterThan(2);
    }
    for (const [i, server] of servers.entries()) {
      // Of 100 connections, whatever they were told, and what V8 has yet to collect on a busy machine.
      expect((await residentBytes(server)) - before[i]!).toBeLessThan(128 * 2 ** 20);
    }
  }, 300_000);

  test('the only server is killed: what it accepted is done, and the next one knows', async () => {
    const first = await startServer();
    const id = await startIndex(first, host, 400);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    await startWorker();
    const next = await startServer();
    const states = await statesOf(next, id);
    expect(states.at(-1)).toEqual({ state: 'DONE', done: 392, failed: 8, total: 400 });
    const { data } = await ask(next, '{ collection(name: "photos") { itemCount } }');
    expect(data.collection.itemCount).toBe(392);
  }, 300_000);

  test('a worker answers probes, and SIGTERM ends it with exit code 0 within its grace', async () => {
    const server = await startServer();
    const { url, child } = await startWorker();
    const id = await startIndex(server, host, 2_000);
    const worksOn = async () => /^clipql_jobs_running 1$/m.test(await text(`${url}/metrics`));
    await expect.poll(worksOn, { timeout: 30_000 }).toBe(true);
    expect(await text(`${url}/healthz`)).toBe('{"status":"ok"}');
    expect(await text(`${url}/readyz`)).toBe('{"status":"ready"}');
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    const { data } = await ask(server, `{ job(id: "${id}") { state done } }`);
    expect(data.job.state).toBe('RUNNING');
    await startWorker();
    const states = await statesOf(server, id);
    expect(states.at(-1)).toMatchObject({ state: 'DONE', done: 1_960, failed: 40 });
  }, 300_000);

  test('tables that are not there are not made with --no-migrate, and clipql migrate makes them', async () => {
    const [, url] = flags as [string, string];
    const served = startBuiltServer([...flags, '--no-migrate']);
    await expect(served).rejects.toThrow(/STORE_UNAVAILABLE.*clipql migrate/s);
    expect(await clipql('migrate', '--store', url)).toMatchObject({ exitCode: 0 });
    const server = await startBuiltServer([...flags, '--no-migrate']);
    await server.end();
  }, 120_000);
});

const text = async (url: string) => (await fetch(url)).text();

async function residentBytes({ url }: BuiltServer): Promise<number> {
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(await text(`${url}/metrics`))![1]);
}

const post = ({ url }: BuiltServer, body: object, accept = 'application/json') =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify(body),
  });

// biome-ignore lint/suspicious/noExplicitAny: a response has the shape that its query asks for.
const ask = async (server: BuiltServer, query: string, variables?: object): Promise<any> =>
  (await post(server, { query, variables })).json();

/** Indexes so many pictures in a collection of its own. @returns the job's id. */
async function startIndex(server: BuiltServer, host: PictureHost, count: number): Promise<string> {
  await ask(server, 'mutation { createCollection(input: { name: "photos" }) { errors { code } } }');
  const rows = Array.from({ length: count }, (_, i) => JSON.stringify({ url: host.url(i) }));
  const query = `mutation ($file: Upload!) {
    startIndex(input: { collection: "photos", table: { file: $file, format: JSONL, urlColumn: "url" } }) {
      job { id } errors { message }
    }
  }`;
  const form = new FormData();
  form.set('operations', JSON.stringify({ query, variables: { file: null } }));
  form.set('map', JSON.stringify({ 0: ['variables.file'] }));
  form.set('0', new Blob([rows.join('\n')]), 'pictures.jsonl');
  const headers = { 'apollo-require-preflight': 'true' };
  const response = await fetch(`${server.url}/graphql`, { method: 'POST', body: form, headers });
  const { data } = (await response.json()) as { data: { startIndex: { job: { id: string } } } };
  return data.startIndex.job.id;
}

/** All states of a job that a subscription tells, to the end. */
async function statesOf(server: BuiltServer, id: string) {
  const query = 'subscription ($id: ID!) { job(id: $id) { state done failed total } }';
  const response = await post(server, { query, variables: { id } }, 'text/event-stream');
  const events = await response.text();
  expect(events).toMatch(/event: complete/);
  return [...events.matchAll(/^data: (.+)$/gm)].map(([, json]) => JSON.parse(json!).data.job);
}
