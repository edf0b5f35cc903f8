import { afterEach, expect, test, vi } from 'vitest';
import type { Job } from './job.ts';
import { JobFeed } from './job-feed.ts';

afterEach(() => {
  vi.useRealTimers();
});

const job = (id: string, version: number, state: Job['state'] = 'RUNNING') =>
  ({ id, version, state }) as Job;

test('who begins to watch while the store is asked hears of a change that came before', async () => {
  const asked: ReadonlyMap<string, number>[] = [];
  const first = Promise.withResolvers<readonly Job[]>();
  const feed = new JobFeed({
    changed: (known) => {
      asked.push(known);
      return asked.length === 1 ? first.promise : Promise.resolve([job('old', 7, 'DONE')]);
    },
  });
  const { signal } = new AbortController();
  feed.watch(job('other', 9), signal).next();
  await expect.poll(() => asked).toEqual([new Map([['other', 9]])]);
  // Read before version 7 was written.
  const states = feed.watch(job('old', 5), signal);
  expect((await states.next()).value).toMatchObject({ version: 5 });
  const next = states.next();
  first.resolve([job('other', 10)]);
  expect((await next).value).toMatchObject({ version: 7, state: 'DONE' });
  expect(asked[1]).toEqual(new Map(Object.entries({ other: 10, old: 5 })));
});

test('a store that tells of changes is asked when it does, at most four times a second', async () => {
  vi.useFakeTimers();
  let notify = (_: string | undefined) => {};
  const notices = {
    isLive: true,
    listen: (onNotice: typeof notify) => {
      notify = onNotice;
    },
  };
  let asked = 0;
  let version = 1;
  const changed = async () => {
    asked += 1;
    return [job('a', version)];
  };
  const feed = new JobFeed({ changed, notices });
  const heard: number[] = [];
  feed.listen(job('a', 1), (state) => heard.push(state.version));
  await vi.advanceTimersByTimeAsync(4_000);
  expect(asked).toBe(1);
  notify('another');
  await vi.advanceTimersByTimeAsync(300);
  expect(asked).toBe(1);
  for (version = 2; version < 40; version++) {
    notify('a');
    await vi.advanceTimersByTimeAsync(50);
  }
  expect(asked).toBeLessThanOrEqual(10);
  await vi.advanceTimersByTimeAsync(300);
  expect(heard.at(-1)).toBe(40);
  // What the connection lost is found out when it is back, and now and then in any case.
  asked = 0;
  notify(undefined);
  await vi.advanceTimersByTimeAsync(250);
  expect(asked).toBe(1);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked).toBe(2);
  notices.isLive = false;
  await vi.advanceTimersByTimeAsync(6_000);
  expect(asked).toBeGreaterThan(5);
});
