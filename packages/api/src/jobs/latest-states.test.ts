import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { latestStates } from './latest-states.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('states come apart as far as is asked, each the latest of its time, and end with the last', async () => {
  let tell = (_: { version: number }) => {};
  const listen = (listener: typeof tell) => {
    tell = listener;
    return () => {};
  };
  const isOver = ({ version }: { version: number }) => version === 21;
  const source = { listen, isOver, apartMs: 1000 };
  const states = latestStates({ version: 0 }, source, new AbortController().signal);
  const seen: [milliseconds: number, version: number][] = [];
  const start = performance.now();
  const reading = (async () => {
    for await (const { version } of states) seen.push([performance.now() - start, version]);
  })();
  for (let version = 1; version <= 21; version++) {
    await vi.advanceTimersByTimeAsync(100);
    tell({ version });
  }
  await vi.advanceTimersByTimeAsync(1000);
  await reading;
  expect(seen).toEqual([
    [0, 0],
    [1000, 9],
    [2000, 19],
    [3000, 21],
  ]);
});
