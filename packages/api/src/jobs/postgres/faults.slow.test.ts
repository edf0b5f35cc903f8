/** Jobs on a real PostgreSQL while processes are killed, stopped and cut off, and while its disk is full. */
// Some of these run the built command line: `npm test` builds it first.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModelRegistry } from '../../models/registry.ts';
import { startCutProxy } from '../../postgres/testing/cut-proxy.ts';
import {
  postgresPrograms,
  type RealPostgres,
  startRealPostgres,
} from '../../postgres/testing/real-postgres.ts';
import { mountSmallDisk } from '../../postgres/testing/small-disk.ts';
import { startBuiltServer } from '../../testing/built-server.ts';
import { NANO } from '../../testing/models.ts';
import type { Store } from '../open-store.ts';
import {
  expectCounted,
  expectNothingLost,
  getsOn,
  numbered,
  submitPictures,
  undisturbed,
  WorkerProcesses,
} from '../testing/faults.ts';
import { startHoldingHost } from '../testing/holding-host.ts';
import { startIndex, statesOf, storedId } from '../testing/jobs-over-http.ts';
import { type PictureHost, slowAndFailing, startPictureHost } from '../testing/picture-host.ts';
import { openSharedStore } from '../testing/shared-store.ts';
import { createCollection, ended, exported, nanoModels, OWNER } from '../testing/workplace.ts';

const programs = await postgresPrograms();
const disk = programs === undefined ? undefined : mountSmallDisk();
const without = programs ? '' : ' (skipped, since there is no PostgreSQL to be had)';
const withoutDisk = disk ? '' : ' (skipped, since there is no small disk to be had)';

/** CONTRIBUTING.md names the run with 20 of each. */
const ROUNDS = Number(process.env.CLIPQL_TEST_KILLS ?? 2);
const COUNT = 200 + 150 * ROUNDS;
const STEP = Math.floor(COUNT / (ROUNDS + 2));
/** Of a round that has a job of its own: as many slices as two workers hold at a time. */
const SLICE = 32;
const FEW = 4 * SLICE;
const TIMEOUT = 240_000 + 60_000 * ROUNDS;

/** A database, a server of it and its workers, all of which end with the test. */
interface Place {
  readonly url: string;
  readonly server: Store;
  workers: WorkerProcesses;
}

afterAll(() => disk?.remove());

describe.runIf(programs !== undefined)(
  `nothing is lost and nothing is there twice, ${ROUNDS} times each${without}`,
  { timeout: TIMEOUT },
  () => {
    let postgres: RealPostgres;
    let host: PictureHost;
    let models: ModelRegistry;
    let expected: readonly object[];
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

    const openServer = async (address: string, from = host): Promise<Store> => {
      const store = await openSharedStore({ url: address, models, hosts: [from.host] });
      await createCollection({ collections: store.collections, models });
      return store;
    };
    const faultTest = test.extend<{ readonly place: Place }>({
      // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from it what a fixture needs.
      place: async ({}, use) => {
        const url = await postgres.createDatabase(`faults_${databases++}`);
        const place: Place = {
          ...{ url, server: await openServer(url), workers: new WorkerProcesses(host) },
        };
        await use(place);
        await place.workers.end();
        await place.server.close();
      },
    });

    /** What a job of the first pictures makes. */
    const ofFirst = (count: number) => {
      const urls = new Set(numbered(count).map(host.url));
      return expected.filter((row) => 'key' in row && urls.has(row.key as string));
    };

    faultTest('when workers are killed', async ({ place: { url, server, workers } }) => {
      const running = [workers.start(url), workers.start(url)];
      const job = await submitPictures(server, host, COUNT);
      for (let round = 0; round < ROUNDS; round++) {
        await getsOn(server, job, STEP);
        const [killed] = running.splice(Math.floor(2 * Math.random()), 1);
        await workers.kill(killed!);
        running.push(workers.start(url));
      }
      await expectNothingLost(server, job, host, expected);
    });

    faultTest(
      'when the only server is killed: what it has accepted is done, and the rest is there whole or not at all',
      async ({ place: { url, server, workers } }) => {
        workers.start(url);
        const flags = ['--store', url, '--model', NANO, '--allow-hosts', host.host];
        const rounds = numbered(ROUNDS).map((round) => numbered(FEW, round * FEW));
        const accepted: (string | undefined)[] = [];
        for (const [round, numbers] of rounds.entries()) {
          const killed = await startBuiltServer(flags);
          const accepting = startIndex(killed, numbers.map(host.url)).catch(() => undefined);
          if (round % 2 === 0) await accepting;
          await sleep(100 * Math.random());
          const exit = once(killed.child, 'exit');
          killed.child.kill('SIGKILL');
          await exit;
          accepted.push(await accepting);
        }
        const next = await startBuiltServer(flags);
        for (const [round, numbers] of rounds.entries()) {
          const id = accepted[round];
          if (id !== undefined) await expectCounted(server, { id: storedId(id) }, host, numbers);
          else await statesOf(next, await startIndex(next, numbers.map(host.url)));
        }
        for (const job of await server.jobs.list(OWNER, { first: 2 * ROUNDS })) {
          expect(await ended({ queue: server.jobs }, job)).toMatchObject({
            state: 'DONE',
            total: FEW,
          });
        }
        expect(await exported(server)).toEqual(ofFirst(FEW * ROUNDS));
        await next.end();
      },
    );

    faultTest('when PostgreSQL is killed', async ({ place: { url, server, workers } }) => {
      for (let i = 0; i < 2; i++) workers.start(url);
      const job = await submitPictures(server, host, COUNT);
      for (let round = 0; round < ROUNDS; round++) {
        await getsOn(server, job, STEP);
        await postgres.kill();
        await sleep(2_000 * Math.random());
        await postgres.start();
      }
      await expectNothingLost(server, job, host, expected);
    });

    faultTest(
      'when connections are cut, and when nothing comes through',
      async ({ place: { url, server, workers } }) => {
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
        await expectNothingLost(server, job, host, expected);
        await workers.end();
        await proxy.close();
      },
    );

    faultTest.runIf(disk)(
      `when the disk of the database is full: jobs wait, and go on once there is room${withoutDisk}`,
      async ({ place }) => {
        const small = await startRealPostgres(programs!, disk!.folder);
        const address = await small.createDatabase('full');
        // Half of each slice, so that there is much to write.
        const holding = await startHoldingHost((number) => number % SLICE >= SLICE / 2);
        const there = await openServer(address, holding);
        const workers = new WorkerProcesses(holding);
        place.workers = workers;
        for (let i = 0; i < 2; i++) workers.start(address);
        for (let round = 0; round < ROUNDS; round++) {
          const release = holding.hold();
          const numbers = numbered(FEW, round * FEW);
          const job = await submitPictures(there, holding, FEW, round * FEW);
          // Four at a time for each worker.
          await expect.poll(() => holding.asked(numbers)).toBeGreaterThanOrEqual(8);
          const empty = await disk!.fill();
          workers.failures.length = 0;
          release.again();
          release.first();
          // Until a write fails, or the database ends, for its log has no room either.
          while (small.isRunning && !workers.failures.includes('STORE_FULL')) await sleep(100);
          await empty();
          if (!small.isRunning) await small.start();
          await expect.poll(() => there.isThere()).toBe(true);
          expect((await there.jobs.get(OWNER, job.id)).state).toBe('RUNNING');
          await expectCounted(there, job, holding, numbers);
        }
        expect(await exported(there)).toEqual(await undisturbed(holding, FEW * ROUNDS));
        await workers.end();
        await there.close();
        await holding.close();
        await small.close();
      },
    );

    // These mostly wait, until a task is given to another worker.
    faultTest.concurrent(
      'when workers are stopped until others have their tasks, and both work on them',
      async ({ place }) => {
        const { url, server } = place;
        // One of each slice, so that who takes a slice has it until all are taken.
        const holding = await startHoldingHost((number) => number % SLICE === 20);
        const workers = new WorkerProcesses(holding);
        place.workers = workers;
        const running = [workers.start(url), workers.start(url)];
        for (let round = 0; round < ROUNDS; round++) {
          const release = holding.hold();
          const numbers = numbered(FEW, round * FEW);
          const job = await submitPictures(server, holding, FEW, round * FEW);
          const asked = () => holding.asked(numbers);
          await expect.poll(asked).toBeGreaterThanOrEqual(4);
          const stopped = running[round % 2]!;
          stopped.kill('SIGSTOP');
          release.first();
          // Its two slices have come to the other one.
          await expect.poll(asked).toBeGreaterThanOrEqual(6);
          if (round % 2 === 0) {
            stopped.kill('SIGCONT');
            await sleep(1_000 * Math.random());
          }
          release.again();
          await expectCounted(server, job, holding, numbers);
          stopped.kill('SIGCONT');
        }
        await Promise.all(running.map((one) => workers.kill(one, 'SIGTERM')));
        expect(await exported(server)).toEqual(await undisturbed(holding, FEW * ROUNDS));
        await holding.close();
      },
    );

    faultTest.concurrent(
      'when the queue is lost, as in a database that was restored without it',
      async ({ place: { url, server, workers } }) => {
        const job = await submitPictures(server, host, COUNT);
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        const { rowCount } = await client.query('DELETE FROM clipql_tasks.job');
        expect(rowCount).toBe(1);
        await client.query("UPDATE jobs SET changed_at = changed_at - interval '1 minute'");
        await client.end();
        workers.start(url);
        await expectNothingLost(server, job, host, expected);
      },
    );

    faultTest.concurrent(
      'when an image kills its worker: after four deaths it fails, and nothing else does',
      async ({ place: { url, server, workers } }) => {
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
      },
    );
  },
);
