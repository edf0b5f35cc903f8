import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tryLock, withLock } from './lock.ts';
import type { Held, Round } from './testing/lock-starter.ts';

const STARTER = fileURLToPath(new URL('testing/lock-starter.ts', import.meta.url));
const ROUNDS = Number(process.env.CLIPQL_LOCK_ROUNDS ?? 20);

let folder: string;
let lock: string;
let starters: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-lock-'));
  lock = join(folder, 'a.lock');
});
afterEach(async () => {
  for (const starter of starters) starter.kill('SIGKILL');
  starters = [];
  await rm(folder, { recursive: true });
});

function newStarter(): ChildProcess {
  const starter = fork(STARTER);
  starters.push(starter);
  return starter;
}

/** Lets a process take a lock. @returns what it says when it has had it. */
async function take(starter: ChildProcess, file: string, keep = false): Promise<Held> {
  const round: Round = { lock: file, keep };
  starter.send(round);
  const [held] = (await once(starter, 'message')) as [Held];
  return held;
}

/** A lock that is held by a process until it is killed. */
async function holder(file: string): Promise<ChildProcess> {
  const starter = newStarter();
  await take(starter, file, true);
  return starter;
}

test(`of three starters that find a stale lock, one at a time holds it, in ${ROUNDS} rounds`, async () => {
  const stale = join(folder, 'stale');
  await mkdir(stale);
  const killed = await holder(join(stale, 'a.lock'));
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  expect(await readdir(stale)).toEqual(['a.lock', 'a.lock.held']);

  const three = [newStarter(), newStarter(), newStarter()];
  for (let round = 0; round < ROUNDS; round++) {
    const place = join(folder, `round-${round}`);
    await cp(stale, place, { recursive: true });
    const held = await Promise.all(three.map((starter) => take(starter, join(place, 'a.lock'))));
    expect(held, `round ${round}`).toEqual(Array(3).fill({ overlapped: false }));
    expect(await readdir(place), `round ${round}`).toEqual([]);
  }
}, 300_000);

test('a process that is suspended keeps its lock, however long; one that is killed loses it', async () => {
  const process = await holder(lock);
  process.kill('SIGSTOP');
  for (const file of await readdir(folder)) await utimes(join(folder, file), 1, 1);
  expect(await tryLock(lock)).toEqual({ pid: process.pid, host: hostname() });
  process.kill('SIGKILL');
  await once(process, 'exit');
  expect(await tryLock(lock)).toHaveProperty('release');
});

test('work under a lock waits for another process, and tells so once', async () => {
  const process = await holder(lock);
  const waits: number[] = [];
  const waiting = Promise.withResolvers<void>();
  const onWait = (pid: number) => {
    waits.push(pid);
    waiting.resolve();
  };
  const work = withLock(lock, onWait, async () => 'done');
  await waiting.promise;
  process.kill('SIGKILL');
  expect(await work).toBe('done');
  expect(waits).toEqual([process.pid]);
});

test('a lock is held by one at a time, and gone when it is released', async () => {
  const first = await tryLock(lock);
  expect(await tryLock(lock)).toEqual({ pid: process.pid, host: hostname() });
  if (!('release' in first)) throw new Error('expected a lock');
  first.release();
  expect(await readdir(folder)).toEqual([]);
  const second = await tryLock(lock);
  first.release();
  expect(await tryLock(lock)).toEqual({ pid: process.pid, host: hostname() });
  expect(second).toHaveProperty('release');
});

test.each([
  ['names a process that lives', () => ({ pid: process.pid, host: hostname(), id: 'earlier' })],
  ['names one of another machine', () => ({ pid: 1, host: 'elsewhere', id: 'earlier' })],
])('a file in its place that %s is no lock', async (_what, content) => {
  await writeFile(lock, JSON.stringify(content()));
  expect(await tryLock(lock)).toHaveProperty('release');
});
