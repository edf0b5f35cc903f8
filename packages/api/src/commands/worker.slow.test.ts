/** Servers and workers as operators start them, with a real PostgreSQL between. */
// These run the built command line: `npm test` builds it first.
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { numbered } from '../jobs/testing/faults.ts';
import { ask, startIndex, statesOf } from '../jobs/testing/jobs-over-http.ts';
import {
  type PictureHost,
  slowAndFailing,
  startPictureHost,
} from '../jobs/testing/picture-host.ts';
import {
  asSuperuser,
  createPlainDatabase,
  createRole,
  urlOf,
} from '../postgres/testing/plain-role.ts';
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

describe.runIf(programs !== undefined)(
  `servers and workers of a role that is no superuser${without}`,
  () => {
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
      const url = await createPlainDatabase(postgres, `command_${databases++}`);
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
      await createPhotos(servers[0]!);
      const id = await startIndex(servers[0]!, numbered(400).map(host.url));
      const before = await Promise.all(servers.map(residentBytes));
      const watching = servers.flatMap((server) =>
        Array.from({ length: 100 }, () => statesOf(server, id)),
      );
      const seen = await Promise.all(watching);
      const last = { state: 'DONE', done: 392, failed: 8, total: 400 };
      for (const states of seen) {
        expect(states.at(-1)).toEqual(last);
        expect(states.length).toBeGreaterThan(2);
      }
      for (const [i, server] of servers.entries()) {
        // Of 100 connections, whatever they were told, and what V8 has yet to collect on a busy machine.
        expect((await residentBytes(server)) - before[i]!).toBeLessThan(128 * 2 ** 20);
      }
    }, 300_000);

    test('a worker answers probes, and SIGTERM ends it with exit code 0 within its grace', async () => {
      const server = await startServer();
      const { url, child } = await startWorker();
      await createPhotos(server);
      const id = await startIndex(server, numbered(1_200).map(host.url));
      const worksOn = async () => /^clipql_jobs_running 1$/m.test(await text(`${url}/metrics`));
      await expect.poll(worksOn).toBe(true);
      expect(await text(`${url}/healthz`)).toBe('{"status":"ok"}');
      expect(await text(`${url}/readyz`)).toBe('{"status":"ready"}');
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      expect(await exit).toEqual([0, null]);
      const { data } = await ask(server, `{ job(id: "${id}") { state done } }`);
      expect(data.job.state).toBe('RUNNING');
      await startWorker();
      const states = await statesOf(server, id);
      expect(states.at(-1)).toMatchObject({ state: 'DONE', done: 1_176, failed: 24 });
    }, 300_000);

    test('with --no-migrate a role that may only read and write is enough, once clipql migrate has made the tables', async () => {
      const [, url] = flags as [string, string];
      const served = startBuiltServer([...flags, '--no-migrate']);
      await expect(served).rejects.toThrow(/STORE_UNAVAILABLE.*clipql migrate/s);
      expect(await clipql('migrate', '--store', url)).toMatchObject({ exitCode: 0 });
      const schemas = 'SCHEMA public, clipql_tasks';
      await asSuperuser(
        urlOf(url, 'clipql'),
        createRole('writer'),
        `GRANT USAGE ON ${schemas} TO writer`,
        `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN ${schemas} TO writer`,
      );
      flags = ['--store', urlOf(url, 'writer'), '--no-migrate', ...flags.slice(2)];
      const server = await startServer();
      await startWorker();
      await createPhotos(server);
      const states = await statesOf(server, await startIndex(server, numbered(40).map(host.url)));
      expect(states.at(-1)).toMatchObject({ state: 'DONE', done: 39, failed: 1 });
    }, 120_000);
  },
);

const createPhotos = (server: BuiltServer) =>
  ask(server, 'mutation { createCollection(input: { name: "photos" }) { errors { code } } }');

const text = async (url: string) => (await fetch(url)).text();

async function residentBytes({ url }: BuiltServer): Promise<number> {
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(await text(`${url}/metrics`))![1]);
}
