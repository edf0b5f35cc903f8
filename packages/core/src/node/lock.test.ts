import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tryLock, withLock } from './lock.ts';

let folder: string;
let lock: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-lock-'));
  lock = join(folder, 'a.lock');
});
afterEach(() => rm(folder, { recursive: true }));

test.each([
  ['is a folder', () => mkdir(lock)],
  ['is damaged', () => writeFile(lock, '{')],
])('a lock that %s is waited for, and tells so once', async (_what, make) => {
  await make();
  const waits: number[] = [];
  const waiting = Promise.withResolvers<void>();
  const work = withLock(
    lock,
    (pid) => {
      waits.push(pid);
      waiting.resolve();
    },
    async () => 'done',
  );
  await waiting.promise;
  await rm(lock, { recursive: true });
  expect(await work).toBe('done');
  expect(waits).toEqual([0]);
});

test('a lock is held by one at a time, and gone when it is released', async () => {
  const first = await tryLock(lock);
  expect(await tryLock(lock)).toEqual({ pid: process.pid, host: hostname() });
  if (!('release' in first)) throw new Error('expected a lock');
  await first.release();
  expect(await readdir(folder)).toEqual([]);
  expect(await tryLock(lock)).toHaveProperty('release');
});

test('a lock of an earlier process with the number of this one counts for nothing', async () => {
  const earlier = { pid: process.pid, host: hostname(), id: 'earlier' };
  await writeFile(lock, JSON.stringify(earlier));
  expect(await tryLock(lock)).toMatchObject({ pid: process.pid });
  // Long before this process began; on another machine it would still be a sign of life.
  const before = Date.now() / 1000 - process.uptime() - 5;
  await utimes(lock, before, before);
  expect(await tryLock(lock)).toHaveProperty('release');
});
