import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isOver } from './job.ts';
import { expectNothingLost, startJobProcess } from './testing/killed-runs.ts';
import { type PictureHost, slowAndFailing, startPictureHost } from './testing/picture-host.ts';
import {
  createCollection,
  ended,
  OWNER,
  openWorkplace,
  removeFolder,
  submitUrls,
  temporaryFolder,
} from './testing/workplace.ts';

let host: PictureHost;

beforeEach(async () => {
  host = await startPictureHost(slowAndFailing);
});

afterEach(() => host.close());

/** CONTRIBUTING.md names the run with 30 kills. */
const KILLS = Number(process.env.CLIPQL_TEST_KILLS ?? 8);
const PICTURES_A_KILL = 160;

test('many images from a slow, failing host, killed again and again: nothing is lost, nothing is there twice', async () => {
  await expectNothingLost(host, { pictures: PICTURES_A_KILL * KILLS, kills: KILLS });
  expect(host.most).toBeLessThanOrEqual(4);
}, 900_000);

test('an image that kills the process runs alone after two deaths, and fails after four', async () => {
  const folder = await temporaryFolder();
  const workplace = await openWorkplace({ folder, allowHosts: [host.host] });
  const numbers = [10, 11, 12, 13, 14];
  await createCollection(workplace);
  const job = await submitUrls(workplace.queue, numbers.map(host.url));
  let deaths = 0;
  for (; deaths < 4; deaths++) {
    await once(startJobProcess(folder, host.host, '11'), 'exit');
  }
  // Those that were in its company have been done since, one at a time.
  expect(await workplace.queue.get(OWNER, job.id)).toMatchObject({ done: 4, failed: 0 });
  const child = startJobProcess(folder, host.host, '11');
  const last = await ended(workplace, job);
  expect(isOver(last)).toBe(true);
  expect(last).toMatchObject({ state: 'DONE', done: 4, failed: 1 });
  const { failures } = await workplace.queue.failures(OWNER, job.id, { first: 5 });
  expect(failures).toMatchObject([{ key: host.url(11), error: { code: 'IMAGE_CRASHED' } }]);
  child.kill('SIGTERM');
  await once(child, 'exit');
  await workplace.close();
  await removeFolder(folder);
});

test('two processes never run the same job', async () => {
  const folder = await temporaryFolder();
  const workplace = await openWorkplace({ folder, allowHosts: [host.host] });
  await createCollection(workplace);
  const children = [1, 2].map(() => startJobProcess(folder, host.host));
  // None of these is asked for a second time by the one that runs it.
  const numbers = Array.from({ length: 60 }, (_, i) => i).filter((number) => number % 40 !== 3);
  const job = await submitUrls(workplace.queue, numbers.map(host.url));
  const last = await ended(workplace, job);
  expect(last).toMatchObject({ state: 'DONE', total: numbers.length });
  expect([...host.requests.values()].filter((times) => times > 1)).toEqual([]);
  for (const child of children) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  await workplace.close();
  await removeFolder(folder);
});
