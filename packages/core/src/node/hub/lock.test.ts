import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from './lock.ts';

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
