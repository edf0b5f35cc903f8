/** Jobs on a real PostgreSQL while processes are killed, stopped and cut off. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ModelRegistry } from '../../models/registry.ts';
import { startCutProxy } from '../../postgres/testing/cut-proxy.ts';
import {
  postgresPrograms,
  type RealPostgres,
  startRealPostgres,
} from '../../postgres/testing/real-postgres.ts';
import type { Store } from '../open-store.ts';
import {
  expectNothingLost,
  getsOn,
  submitPictures,
  undisturbed,
  WorkerProcesses,
} from '../testing/faults.ts';
import { type PictureHost, slowAndFailing, startPictureHost } from '../testing/picture-host.ts';
import { openSharedStore } from '../testing/shared-store.ts';
import { createCollection, ended, nanoModels, OWNER } from '../testing/workplace.ts';

const programs = await postgresPrograms();
const without = programs ? '' : ' (skipped, since there is no PostgreSQL to be had)';

/** CONTRIBUTING.md names the run with 20 of each. */
const ROUNDS = Number(process.env.CLIPQL_TEST_KILLS ?? 3);
const COUNT = 400 + 150 * ROUNDS;
/** Of a round that takes half a minute in any case. */
const FEW = 600;
const STEP = Math.floor(COUNT / (ROUNDS + 2));

describe.runIf(programs !== undefined)(
  `nothing is lost and nothing is there twice${without}`,
  () => {
    let postgres: RealPostgres;
    let host: PictureHost;
    let models: ModelRegistry;
    let expected: readonly object[];
    let url: string;
    let server: Store;
    let workers: WorkerProcesses;
    let databases = 0;

    beforeAll(async () => {
      postgres = await startRealPostgres(programs!);
      host = await startPictureHost(slowAndFailing);
      models = nanoModels();
      expected = await undisturbed(host, COUNT);
    });
    afterAll(async () => {
      models.close();
      await host.close();
      await postgres.close();
    });

    beforeEach(async () => {
      url = await postgres.createDatabase(`faults_${databases++}`);
      server = await openSharedStore({ url, models, hosts: [host.host] });
      await createCollection({ collections: server.collections, models });
      workers = new WorkerProcesses(host);
    });
    afterEach(async () => {
      await workers.end();
      await server.close();
    });

    test('when workers are killed', async () => {
      const running = [workers.start(url), workers.start(url)];
      const job = await submitPictures(server, host, COUNT);
      for (let round = 0; round < ROUNDS; round++) {
        await getsOn(server, job, STEP);
        const [killed] = running.splice(Math.floor(2 * Math.random()), 1);
        await workers.kill(killed!);
        running.push(workers.start(url));
      }
      await expectNothingLost(server, job, COUNT, expected);
    }, 900_000);

    test('when PostgreSQL is killed', async () => {
      for (let i = 0; i < 2; i++) workers.start(url);
      const job = await submitPictures(server, host, COUNT);
      for (let round = 0; round < ROUNDS; round++) {
        await getsOn(server, job, STEP);
        await postgres.kill();
        await sleep(2_000 * Math.random());
        await postgres.start();
      }
      await expectNothingLost(server, job, COUNT, expected);
    }, 900_000);

    test('when connections are cut, and when nothing comes through', async () => {
      const proxy = await startCutProxy(postgres.port);
      const through = new URL(url);
      through.port = String(proxy.port);
      for (let i = 0; i < 2; i++) workers.start(through.href);
      const job = await submitPictures(server, host, COUNT);
      for (let round = 0; round < ROUNDS; round++) {
        await getsOn(server, job, STEP);
        if (round % 2 === 0) proxy.cut();
        else proxy.hold();
        await sleep(3_000 * Math.random());
        proxy.heal();
      }
      await expectNothingLost(server, job, COUNT, expected);
      await workers.end();
      await proxy.close();
    }, 900_000);

    test('when a worker is thought dead, and comes back with what another has done since', async () => {
      const urls = new Set(Array.from({ length: FEW }, (_, number) => host.url(number)));
      const ofFew = expected.filter((row) => 'key' in row && urls.has(row.key as string));
      for (let round = 0; round < Math.ceil(ROUNDS / 3); round++) {
        const asked = [...host.requests.values()].reduce((sum, times) => sum + times, 0);
        const stalled = workers.start(url);
        const job = await submitPictures(server, host, FEW);
        await getsOn(server, job, 30);
        stalled.kill('SIGSTOP');
        const other = workers.start(url);
        // Until the other has done all but what it waits for.
        await getsOn(server, job, FEW / 2);
        await sleep(20_000);
        stalled.kill('SIGCONT');
        await expectNothingLost(server, job, FEW, ofFew);
        await workers.kill(stalled, 'SIGTERM');
        await workers.kill(other, 'SIGTERM');
        // It was stopped with images in its hands.
        const times = [...host.requests.values()].reduce((sum, one) => sum + one, 0) - asked;
        expect(times).toBeGreaterThan(FEW);
        await server.collections.drop(OWNER, 'photos');
        await createCollection({ collections: server.collections, models });
      }
    }, 900_000);

    test('when the queue is lost, as in a database that was restored without it', async () => {
      const job = await submitPictures(server, host, COUNT);
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const { rowCount } = await client.query('DELETE FROM clipql_tasks.job');
      expect(rowCount).toBe(1);
      await client.query("UPDATE jobs SET changed_at = changed_at - interval '1 minute'");
      await client.end();
      workers.start(url);
      await expectNothingLost(server, job, COUNT, expected);
    }, 300_000);

    test('when an image kills its worker: after four deaths it fails, and nothing else does', async () => {
      const job = await submitPictures(server, host, 6);
      let deaths = 0;
      let isOver = false;
      const start = () => {
        workers.start(url, '3').once('exit', () => {
          if (isOver) return;
          deaths += 1;
          start();
        });
      };
      start();
      const last = await ended({ queue: server.jobs }, job);
      isOver = true;
      expect(last).toMatchObject({ state: 'DONE', done: 5, failed: 1 });
      expect(deaths).toBe(4);
      const { failures } = await server.jobs.failures(OWNER, job.id, { first: 2 });
      expect(failures).toMatchObject([{ key: host.url(3), error: { code: 'IMAGE_CRASHED' } }]);
    }, 300_000);
  },
);
