import { expect, test } from 'vitest';
import type { Job } from './job.ts';
import { JobFeed } from './job-feed.ts';

const job = (id: string, version: number, state: Job['state'] = 'RUNNING') =>
  ({ id, version, state }) as Job;

test('who begins to watch while the store is asked hears of a change that came before', async () => {
  const asked: number[] = [];
  const first = Promise.withResolvers<readonly Job[]>();
  const feed = new JobFeed({
    changed: (since) => {
      asked.push(since);
      return asked.length === 1 ? first.promise : Promise.resolve([job('old', 7, 'DONE')]);
    },
  });
  const { signal } = new AbortController();
  feed.watch(job('other', 9), signal).next();
  await expect.poll(() => asked, { timeout: 5_000 }).toEqual([9]);
  // Read before version 7 was written.
  const states = feed.watch(job('old', 5), signal);
  expect((await states.next()).value).toMatchObject({ version: 5 });
  const next = states.next();
  first.resolve([job('other', 10)]);
  expect((await next).value).toMatchObject({ version: 7, state: 'DONE' });
  expect(asked[1]).toBe(5);
});
