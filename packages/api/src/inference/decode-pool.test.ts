import { expect, test } from 'vitest';
import { DecodePool } from './decode-pool.ts';
import type { Line } from './fair-queue.ts';

test('whoever waits is looked through only when a thread can take an image', () => {
  let looks = 0;
  const pool = new DecodePool({
    ...{ threads: 1, timeout: 1_000, isAlone: false },
    start: () => ({ decode: () => {}, end: () => {} }),
    mayBegin: () => {
      looks += 1;
      return true;
    },
    ...{ after: () => () => {}, onWait: () => {}, onDepth: () => {} },
  });
  const line: Line = { party: 'someone' };
  const { signal } = new AbortController();
  for (let i = 0; i < 100; i++) pool.decode(new Uint8Array(1), 1, line, signal).catch(() => {});
  expect(looks).toBe(1);
  pool.close();
});
