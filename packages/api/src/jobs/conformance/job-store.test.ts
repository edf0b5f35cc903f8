/** Jobs as such: who has them, in which order, in which state, and who runs them. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Owner, ownerOf } from '../../access/owner.ts';
import type { NewJob, NewJobItem } from '../job.ts';
import type { JobStore } from '../job-store.ts';
import { JOB_STORES, type TestJobStore } from '../testing/job-stores.ts';
import { batchOf, INDEX, urlItems } from '../testing/workplace.ts';

describe.each(JOB_STORES)('%s', (_, open) => {
  let opened: TestJobStore;
  let jobs: JobStore;
  let owner: Owner;
  beforeAll(async () => {
    opened = await open();
    jobs = opened.jobs;
  });
  afterAll(() => opened.close());
  beforeEach(({ task }) => {
    owner = ownerOf(task.name);
  });

  const newJob = (more: Partial<NewJob> = {}): NewJob => ({
    ...{ owner, collection: 'photos', collectionId: 1, work: INDEX, local: false },
    ...more,
  });
  const add = (items: readonly NewJobItem[]) => jobs.add(newJob(), batchOf(items));

  test('another process finds a job, the newest first, and those that change', async () => {
    const [old, job] = [await add(urlItems(['a', 'b'])), await add(urlItems(['c']))];
    expect(job).toMatchObject({ state: 'QUEUED', owner, total: 1, done: 0 });
    expect(job.work).toEqual({ kind: 'INDEX', thumbnails: false });
    const another = await opened.another();
    expect(await another.jobs.get(job.id)).toEqual(job);
    expect(await another.jobs.list(owner, { first: 9 })).toEqual([job, old]);
    expect(await another.jobs.list(owner, { first: 9, before: job.id })).toEqual([old]);
    expect(await another.jobs.list(ownerOf('somebody else'), { first: 9 })).toEqual([]);
    const known = new Map([job, old].map(({ id, version }) => [id, version]));
    expect(await jobs.changed(known)).toEqual([]);
    const running = await another.jobs.setState(job.id, ['QUEUED'], 'RUNNING');
    expect(running!.version).toBeGreaterThan(job.version);
    expect(await jobs.changed(known)).toEqual([running]);
  });

  test('what is no job’s id finds none', async () => {
    for (const id of ['', '0', '-1', 'abc', '1e3', "1' OR '1'='1", '9'.repeat(40), '1\0']) {
      expect(await jobs.get(id), id).toBeUndefined();
      expect(await jobs.setState(id, ['QUEUED'], 'CANCELLED'), id).toBeUndefined();
      expect(await jobs.list(owner, { first: 5, before: id }), id).toEqual([]);
    }
  });

  test('a state changes from those that are named alone', async () => {
    const { id } = await add(urlItems(['a']));
    expect(await jobs.setState(id, ['PAUSED', 'RUNNING'], 'DONE')).toBeUndefined();
    expect(await jobs.setState(id, ['PAUSED', 'QUEUED'], 'RUNNING')).toMatchObject({
      state: 'RUNNING',
    });
    const error = { code: 'UNKNOWN_COLLECTION', message: 'gone' } as const;
    await jobs.setState(id, ['RUNNING'], 'FAILED', error);
    expect(await jobs.get(id)).toMatchObject({ state: 'FAILED', error });
    expect(await jobs.setState(id, ['FAILED'], 'QUEUED')).toMatchObject({ error: undefined });
  });

  test('jobs that wait or ran are to be run, those of the command line apart', async () => {
    const waiting = await add(urlItems(['a']));
    const running = await add(urlItems(['a']));
    await jobs.setState(running.id, ['QUEUED'], 'RUNNING');
    const paused = await add(urlItems(['a']));
    await jobs.setState(paused.id, ['QUEUED'], 'PAUSED');
    const local = await jobs.add(newJob({ local: true }), batchOf(urlItems(['a'])));
    const own = async (isLocal: boolean) =>
      (await jobs.runnable(isLocal)).filter((job) => job.owner === owner).map(({ id }) => id);
    expect(await own(false)).toEqual([waiting.id, running.id]);
    expect(await own(true)).toEqual([local.id]);
  });

  test('one process at a time has a job', async () => {
    const { id } = await add(urlItems(['a']));
    const another = await opened.another();
    const claim = await jobs.claim(id);
    expect(await another.jobs.claim(id)).toBeUndefined();
    await claim!.release();
    const next = await another.jobs.claim(id);
    expect(next).toBeDefined();
    await next!.release();
  });

  test('items that cannot be read make no job', async () => {
    const broken = async function* () {
      yield urlItems(['a']);
      throw new Error('row 2');
    };
    await expect(jobs.add(newJob(), broken())).rejects.toThrow('row 2');
    expect(await jobs.list(owner, { first: 1 })).toEqual([]);
  });

  test('an owner has at most 100 jobs that are not over, and the newest 200 that are', async () => {
    const count = () => jobs.add(newJob(), undefined);
    const open = [];
    for (let i = 0; i < 100; i++) open.push(await count());
    await expect(count()).rejects.toMatchObject({ code: 'TOO_MANY_JOBS' });
    for (const { id } of open) await jobs.setState(id, ['QUEUED'], 'CANCELLED');
    for (let i = 0; i < 101; i++) {
      const { id } = await count();
      await jobs.setState(id, ['QUEUED'], 'CANCELLED');
    }
    const last = await count();
    const kept = await jobs.list(owner, { first: 1_000 });
    expect(kept).toHaveLength(201);
    expect(kept[0]!.id).toBe(last.id);
    expect(await jobs.get(open[0]!.id)).toBeUndefined();
  });
});
