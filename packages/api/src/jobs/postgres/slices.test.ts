import { expect, test, vi } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import { openPostgres } from '../../postgres/postgres.ts';
import { testPostgres } from '../../postgres/testing/test-postgres.ts';
import type { JobState } from '../job.ts';
import { batchOf, INDEX, urlItems } from '../testing/workplace.ts';
import { openPostgresJobs } from './open-jobs.ts';
import { cutFirstSlices, endSlice } from './slices.ts';
import type { TaskQueue } from './task-queue.ts';

test('a slice whose items wait again when it ends is done again, and not lost', async () => {
  const { url, close } = await testPostgres();
  const postgres = await openPostgres(url);
  const jobs = await openPostgresJobs(postgres, {
    onRunnable: async () => {},
    onChange: () => {},
    notices: undefined,
  });
  const { id } = await jobs.add(
    { owner: SHARED, collection: 'photos', collectionId: 1, work: INDEX, local: false },
    batchOf(urlItems(['a', 'b'])),
  );
  const [addJob, addSlices] = [vi.fn(), vi.fn()];
  const tasks = { addJob, addSlices } as Partial<TaskQueue> as TaskQueue;
  const enter = (from: JobState, to: JobState) => jobs.setState(id, [from], to);
  const range = { after: 0, until: 32 };
  const complete = vi.fn();
  const end = () =>
    postgres.transaction((one) => endSlice(one, tasks, { job: id, ...range }, complete));

  await enter('QUEUED', 'RUNNING');
  await postgres.transaction((one) => cutFirstSlices(one, tasks, id));
  expect(addSlices).toHaveBeenCalledExactlyOnceWith(expect.anything(), id, [range]);
  // Its worker hears of the pause, and ends the slice after the job was resumed.
  await enter('RUNNING', 'PAUSED');
  await enter('PAUSED', 'QUEUED');
  expect(await end()).toBe(false);
  await enter('QUEUED', 'RUNNING');
  expect(await end()).toBe(false);
  expect(complete).not.toHaveBeenCalled();

  await enter('RUNNING', 'PAUSED');
  expect(await end()).toBe(true);
  expect(complete).toHaveBeenCalledTimes(1);
  expect(addJob).not.toHaveBeenCalled();

  await enter('PAUSED', 'RUNNING');
  await postgres.run('DELETE FROM job_items WHERE job = $1', id);
  expect(await end()).toBe(true);
  expect(complete).toHaveBeenCalledTimes(2);
  expect(addJob).toHaveBeenCalledExactlyOnceWith(expect.anything(), id);
  await postgres.close();
  await close();
});
