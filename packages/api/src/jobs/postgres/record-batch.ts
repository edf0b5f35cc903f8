import type { Collection } from '../../collections/collection.ts';
import { setNextVectors } from '../../collections/postgres/reembed-items.ts';
import { upsertItems } from '../../collections/postgres/write-items.ts';
import type { PublicError } from '../../errors/public-error.ts';
import type { Connection } from '../../postgres/connection.ts';
import type { JobBatch } from '../job-store.ts';
import { rateWith } from './job-columns.ts';

/**
 * Writes what became of items to the collection and to the job, in one transaction. Items that wait no more
 * are left alone, so that a batch that comes twice changes nothing.
 *
 * Transactions lock a job's items first, then the collection, then the job. Only `addItems`, which numbers items by the job's
 * row, locks that first: it comes when nobody works on them.
 *
 * @returns whether the job's counts have changed.
 */
export async function recordBatch(
  connection: Connection,
  job: string,
  collection: Collection,
  batch: JobBatch,
): Promise<boolean> {
  const waiting = await lockWaiting(connection, job, seqsOf(batch));
  const still = <One extends { readonly seq: number }>(ones: readonly One[]) =>
    ones.filter(({ seq }) => waiting.has(seq));
  const written = still(batch.written);
  const reembedded = still(batch.reembedded);
  const failed = still(batch.failed);
  const unchanged = batch.unchanged.filter((seq) => waiting.has(seq));
  if (written.length > 0) {
    const items = written.map(({ item }) => item);
    await upsertItems(connection, collection, items);
  }
  if (reembedded.length > 0) {
    const vectors = reembedded.map(({ vector }) => vector);
    const { space } = collection.reembedding!;
    await setNextVectors(connection, collection, space, vectors);
  }
  await addDeaths(connection, job, batch.begun, 1);
  await addDeaths(connection, job, batch.released, -1);
  await forget(connection, job, [...seqsOfAll(written), ...seqsOfAll(reembedded), ...unchanged]);
  await setFailed(connection, job, failed);
  const old = written.filter(({ isUnchanged }) => isUnchanged).length;
  return count(connection, job, {
    done: written.length - old + reembedded.length,
    unchanged: unchanged.length + old,
    failed: failed.length,
  });
}

const seqsOfAll = (ones: readonly { readonly seq: number }[]): number[] =>
  ones.map(({ seq }) => seq);

const seqsOf = (batch: JobBatch): readonly number[] => [
  ...batch.begun,
  ...batch.released,
  ...batch.unchanged,
  ...[batch.written, batch.reembedded, batch.failed].flatMap(seqsOfAll),
];

async function lockWaiting(
  connection: Connection,
  job: string,
  seqs: readonly number[],
): Promise<ReadonlySet<number>> {
  // In one order, so that two who have the same items wait for each other, and not both.
  const rows = await connection.rows<{ readonly seq: number }>(
    `SELECT seq FROM job_items WHERE job = $1 AND seq = ANY ($2::bigint[]) AND error IS NULL
     ORDER BY seq FOR UPDATE`,
    job,
    seqs,
  );
  return new Set(rows.map(({ seq }) => seq));
}

async function addDeaths(
  connection: Connection,
  job: string,
  seqs: readonly number[],
  count: number,
): Promise<void> {
  if (seqs.length === 0) return;
  await connection.run(
    `UPDATE job_items SET deaths = greatest(0, deaths + $3) WHERE job = $1 AND seq = ANY ($2::bigint[])`,
    job,
    seqs,
    count,
  );
}

async function forget(connection: Connection, job: string, seqs: readonly number[]): Promise<void> {
  if (seqs.length === 0) return;
  const sql = 'DELETE FROM job_items WHERE job = $1 AND seq = ANY ($2::bigint[])';
  await connection.run(sql, job, seqs);
}

async function setFailed(
  connection: Connection,
  job: string,
  failed: JobBatch['failed'],
): Promise<void> {
  if (failed.length === 0) return;
  await connection.run(
    `UPDATE job_items SET error = failed.error::json
     FROM unnest($2::bigint[], $3::text[]) AS failed (seq, error)
     WHERE job_items.job = $1 AND job_items.seq = failed.seq`,
    job,
    seqsOfAll(failed),
    failed.map(({ error }) => keptError(error)),
  );
}

/** When to try again is not known for long. */
const keptError = ({ retryAfter: _, ...error }: PublicError): string => JSON.stringify(error);

async function count(
  connection: Connection,
  job: string,
  { done, unchanged, failed }: Readonly<Record<'done' | 'unchanged' | 'failed', number>>,
): Promise<boolean> {
  const all = done + unchanged + failed;
  if (all === 0) return false;
  await connection.run(
    `UPDATE jobs SET done = done + $2, unchanged = unchanged + $3, failed = failed + $4,
       ${rateWith('$5')}, version = version + 1, changed_at = clock_timestamp() WHERE id = $1`,
    job,
    done,
    unchanged,
    failed,
    all,
  );
  return true;
}
