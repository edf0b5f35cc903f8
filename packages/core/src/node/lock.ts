import { rmSync, writeFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeKernelLock } from './kernel-lock.ts';

/** Whoever holds a lock; pid 0 where that cannot be read. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
}

/** A lock that is held. */
export interface Lock {
  /** Never fails; a second one does nothing. */
  release(): void;
}

const POLL_MS = 100;

/**
 * Does some work while no other process does work under the same lock.
 *
 * @param file to lock, as {@link tryLock} has it.
 * @param onWait called once where another process holds the lock; with 0 where it is not known which.
 */
export async function withLock<T>(
  file: string,
  onWait: (pid: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  let attempt = await tryLock(file);
  if (!('release' in attempt)) onWait(attempt.pid);
  while (!('release' in attempt)) {
    await sleep(POLL_MS);
    attempt = await tryLock(file);
  }
  try {
    return await work();
  } finally {
    attempt.release();
  }
}

/**
 * Takes a lock that excludes other processes, or tells who holds it. The lock ends with its process; a
 * suspended process keeps it.
 *
 * @param file says who holds the lock. A second file beside it, `FILE.held`, is what is locked. Both are
 *   created here and removed on release. Their folder must exist.
 * @throws the file system's errors.
 * @example
 * ```ts
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { tryLock } from '@clipql/core/node';
 *
 * const lock = await tryLock(join(tmpdir(), `example-${process.pid}.lock`));
 * if (!('release' in lock)) throw new Error(`in use by process ${lock.pid} on ${lock.host}`);
 * lock.release();
 * ```
 */
export async function tryLock(file: string): Promise<Lock | LockHolder> {
  const path = resolve(file);
  const giveUp = takeKernelLock(`${path}.held`);
  if (giveUp === undefined) return readHolder(path);
  try {
    writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname() }));
  } catch (error) {
    giveUp();
    throw error;
  }
  let isHeld = true;
  return {
    release: () => {
      if (!isHeld) return;
      isHeld = false;
      try {
        rmSync(path, { force: true });
      } catch {
        // Who held the lock last is of no weight.
      }
      giveUp();
    },
  };
}

async function readHolder(path: string): Promise<LockHolder> {
  try {
    const { pid, host } = JSON.parse(await readFile(path, 'utf8')) as Partial<LockHolder>;
    return { pid: Number(pid), host: String(host) };
  } catch {
    return { pid: 0, host: '' };
  }
}
