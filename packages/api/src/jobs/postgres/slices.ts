import type { Connection } from '../../postgres/connection.ts';
import type { ItemRange } from '../work-through.ts';
import type { CompleteTask, SliceTask, TaskQueue } from './task-queue.ts';

/** The most items of a slice: what a worker takes at a time, and what is done again if it dies. */
const MOST_ITEMS = 256;
/** The fewest, with which a worker that has two slices keeps its model busy. */
const LEAST_ITEMS = 32;
/** Slices of a small job, so that workers share it and end at about the same time. */
const SLICES = 32;
/** Slices of a job that are in the queue at a time. A new job comes after these, and not after all. */
const WINDOW = 128;

/** Where a job is. */
interface Place {
  readonly state: string;
  /** The last item that has been cut. */
  readonly cut: number;
  /** The last item that there is. */
  readonly last: number;
}

/** Puts the first slices of a job that have items that wait into the queue. @returns whether there are any. */
export async function cutFirstSlices(
  connection: Connection,
  tasks: TaskQueue,
  id: string,
): Promise<boolean> {
  // A slice that is about to end is in the queue still: it ends before, or sees that its items wait again.
  const job = await lockJob(connection, id);
  return job !== undefined && cutSlices(connection, tasks, id, { ...job, cut: 0 }, WINDOW);
}

/**
 * Ends the task of a slice, and goes on behind it: with the next slice, or, where no item waits any more, with a look at
 * the job as a whole.
 *
 * @param complete takes the task out of the queue, as part of the transaction.
 * @returns false where items of it wait again, as the job was resumed or its failed ones are retried: it has to be done again.
 */
export async function endSlice(
  connection: Connection,
  tasks: TaskQueue,
  { job: id, after, until }: SliceTask,
  complete: CompleteTask,
): Promise<boolean> {
  const job = await lockJob(connection, id);
  const isOpen = job?.state === 'QUEUED' || job?.state === 'RUNNING';
  if (isOpen && (await isAnyWaiting(connection, id, after, until))) return false;
  await complete(connection);
  if (job?.state !== 'RUNNING') return true;
  if (await cutSlices(connection, tasks, id, job, 1)) return true;
  const [first] = await rangesAfter(connection, id, { ...job, cut: 0 }, 1);
  if (first === undefined) await tasks.addJob(connection, id);
  return true;
}

async function isAnyWaiting(
  connection: Connection,
  id: string,
  after: number,
  until: number,
): Promise<boolean> {
  const sql = `SELECT 1 FROM job_items
    WHERE job = $1 AND seq > $2 AND seq <= $3 AND error IS NULL LIMIT 1`;
  return (await connection.first(sql, id, after, until)) !== undefined;
}

/** Until the transaction ends, nobody changes its state, cuts it or ends a slice of it. */
const lockJob = (connection: Connection, id: string): Promise<Place | undefined> =>
  connection.first(
    'SELECT state, cut_until AS cut, last_seq AS last FROM jobs WHERE id = $1 FOR NO KEY UPDATE',
    id,
  );

async function cutSlices(
  connection: Connection,
  tasks: TaskQueue,
  id: string,
  place: Place,
  most: number,
): Promise<boolean> {
  const ranges = await rangesAfter(connection, id, place, most);
  if (ranges.length === 0) return false;
  await tasks.addSlices(connection, id, ranges);
  const sql = 'UPDATE jobs SET cut_until = $2, changed_at = clock_timestamp() WHERE id = $1';
  await connection.run(sql, id, ranges.at(-1)!.until);
  return true;
}

/**
 * Slices begin at multiples of their length, so that whoever cuts a job finds the same ones. Those of which
 * nothing waits are skipped by one look at the index each.
 */
async function rangesAfter(
  connection: Connection,
  id: string,
  { cut, last }: Place,
  most: number,
): Promise<readonly ItemRange[]> {
  const items = Math.min(MOST_ITEMS, Math.max(LEAST_ITEMS, Math.ceil(last / SLICES)));
  const first = (from: string) =>
    `SELECT (seq - 1) / ${items} FROM job_items
     WHERE job = $1 AND seq > ${from} AND error IS NULL ORDER BY seq LIMIT 1`;
  const rows = await connection.rows<{ readonly place: number }>(
    `WITH RECURSIVE slice (place) AS (
       (${first('$2')})
       UNION ALL
       SELECT (${first(`(slice.place + 1) * ${items}`)}) FROM slice WHERE place IS NOT NULL
     ) SELECT place FROM slice WHERE place IS NOT NULL LIMIT $3`,
    id,
    cut,
    most,
  );
  return rows.map(({ place }) => ({ after: place * items, until: (place + 1) * items }));
}
