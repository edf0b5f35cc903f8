import { expect, test } from 'vitest';
import { LoopSlices } from './loop-slices.ts';

/** Longer than a slice. */
function keepTheLoop(): void {
  const end = performance.now() + 8;
  while (performance.now() < end);
}

/** What happened, in its order. */
function others(log: string[], times: number): Promise<void> {
  return new Promise((resolve) => {
    const next = (left: number) => {
      if (left === 0) return resolve();
      log.push('another');
      setImmediate(next, left - 1);
    };
    setImmediate(next, times);
  });
}

test('others have their turn between pieces that fill a slice each', async () => {
  const log: string[] = [];
  const done = others(log, 10);
  const slices = new LoopSlices();
  for (let i = 0; i < 4; i++) {
    await slices.next();
    log.push('piece');
    keepTheLoop();
  }
  await done;
  expect(log.join(' ')).toMatch(/^piece another piece another (another )?piece another/);
});

test('pieces that wait together take turns with others, in their order, and all of them come', async () => {
  const log: string[] = [];
  const done = others(log, 10);
  const slices = new LoopSlices();
  expect(slices.next()).toBeUndefined();
  keepTheLoop();
  const pieces = Array.from({ length: 5 }, async (_, i) => {
    await slices.next();
    log.push(String(i));
    keepTheLoop();
  });
  await Promise.all(pieces);
  await done;
  expect(log.filter((entry) => entry !== 'another')).toEqual(['0', '1', '2', '3', '4']);
  expect(log.join(' ')).not.toMatch(/\d \d/);
});

test('short work waits for nobody', () => {
  const slices = new LoopSlices();
  expect([slices.next(), slices.next()]).toEqual([undefined, undefined]);
});
