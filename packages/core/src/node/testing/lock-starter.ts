/**
 * A process that takes locks, for tests: told of a lock, it takes it, holds it for a moment and says so; told
 * to keep one, it holds it for good.
 */
import { mkdirSync, rmdirSync } from 'node:fs';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from '../lock.ts';

/** What a starter is told. */
export interface Round {
  readonly lock: string;
  readonly keep: boolean;
}

/** What a starter answers: whether, while it held the lock, another did. */
export interface Held {
  readonly overlapped: boolean;
}

process.on('message', async ({ lock, keep }: Round) => {
  let attempt = await tryLock(lock);
  while (!('release' in attempt)) {
    await setImmediate();
    attempt = await tryLock(lock);
  }
  let overlapped = false;
  try {
    mkdirSync(`${lock}.inside`);
    await sleep(keep ? 0 : 1);
    rmdirSync(`${lock}.inside`);
  } catch {
    overlapped = true;
  }
  if (!keep) attempt.release();
  const answer: Held = { overlapped };
  process.send?.(answer);
});
