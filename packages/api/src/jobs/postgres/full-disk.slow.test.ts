import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { publicError } from '../../errors/public-error.ts';
import { postgresPrograms, startRealPostgres } from '../../postgres/testing/real-postgres.ts';
import { expectNothingLost, getsOn, submitPictures, undisturbed } from '../testing/faults.ts';
import { slowAndFailing, startPictureHost } from '../testing/picture-host.ts';
import { openSharedStore } from '../testing/shared-store.ts';
import { createCollection, nanoModels, OWNER } from '../testing/workplace.ts';

const MEBIBYTE = 2 ** 20;
/** A cluster that is new has 40 MB, and its log up to 80. */
const DISK = 200 * MEBIBYTE;
const COUNT = 900;

const programs = await postgresPrograms();
const disk = programs && smallDisk();
const without = disk ? '' : ' (skipped, since there is no PostgreSQL or no small disk to be had)';

/** A disk in memory, where this process may make one. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'clipql-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK},mode=755`, 'tmpfs', folder], {
      stdio: 'ignore',
    });
    return folder;
  } catch {
    return undefined;
  }
}

afterAll(() => {
  if (disk) execFileSync('umount', ['--lazy', disk]);
});

/** Takes all the room that is left. @returns gives it back. */
async function fill(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'filler');
  const file = await open(path, 'w');
  try {
    for (const zeros = Buffer.alloc(MEBIBYTE / 4); ; ) await file.write(zeros);
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  } finally {
    await file.close();
  }
  return () => rm(path);
}

test.runIf(disk)(
  `when the disk of the database is full, a job waits, and goes on by itself once there is room${without}`,
  async () => {
    const postgres = await startRealPostgres(programs!, disk);
    const host = await startPictureHost(slowAndFailing);
    const models = nanoModels();
    const options = { url: await postgres.createDatabase('full'), models, hosts: [host.host] };
    const server = await openSharedStore(options);
    await createCollection({ collections: server.collections, models });
    const failures: unknown[] = [];
    const onUnexpected = (error: unknown) => failures.push(error);
    const worker = await openSharedStore({ ...options, concurrency: 2, onUnexpected });
    worker.runner.start();
    const job = await submitPictures(server, host, COUNT);
    for (let round = 0; round < 2; round++) {
      await getsOn(server, job, 150);
      const empty = await fill(disk!);
      failures.length = 0;
      const { done } = await server.jobs.get(OWNER, job.id);
      // Until a write fails, or the database ends, for its log has no room either.
      const isFull = () => failures.some((error) => publicError(error)?.code === 'STORE_FULL');
      while (postgres.isRunning && !isFull()) await sleep(100);
      await empty();
      if (!postgres.isRunning) await postgres.start();
      await expect.poll(() => server.isThere(), { timeout: 60_000 }).toBe(true);
      const now = await server.jobs.get(OWNER, job.id);
      expect(now.state).toBe('RUNNING');
      expect(now.done).toBeGreaterThanOrEqual(done);
    }
    await expectNothingLost(server, job, COUNT, await undisturbed(host, COUNT));
    for (const store of [worker, server]) await store.close();
    models.close();
    await host.close();
    await postgres.close();
  },
  300_000,
);
