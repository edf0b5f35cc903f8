import { median } from './statistics.ts';

/** Milliseconds of an action: the median of at least `times` runs, after one that is not counted. */
export async function medianTime(times: number, action: () => Promise<unknown>): Promise<number> {
  await action();
  const milliseconds: number[] = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await action();
    milliseconds.push(performance.now() - start);
  }
  return median(milliseconds);
}
