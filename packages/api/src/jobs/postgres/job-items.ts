import { createHash } from 'node:crypto';
import type { PublicError } from '../../errors/public-error.ts';
import type { Connection } from '../../postgres/connection.ts';
import type { FailurePage, NewJobItem } from '../job.ts';
import { type JobItem, type JobStore, SUSPECT_DEATHS } from '../job-store.ts';

interface ItemRow {
  readonly seq: number;
  readonly key: string;
  readonly source: string;
  readonly metadata: string | null;
  readonly deaths: number;
}

/** Known keys are replaced; of equal new ones the last counts. */
export async function addItems(
  connection: Connection,
  job: string,
  items: readonly NewJobItem[],
): Promise<void> {
  const byKey = new Map(items.map((item) => [item.key, item]));
  if (byKey.size === 0) return;
  const numbered = await connection.first<{ readonly last: number }>(
    'UPDATE jobs SET last_seq = last_seq + $2 WHERE id = $1 RETURNING last_seq AS last',
    job,
    byKey.size,
  );
  if (numbered === undefined) return;
  const added = [...byKey.values()];
  await connection.run(
    `INSERT INTO job_items (job, seq, key_hash, key, source, metadata)
     SELECT $1, $2 + place, key_hash, key, source, metadata::json
     FROM unnest($3::bytea[], $4::text[], $5::text[], $6::text[])
       WITH ORDINALITY AS item (key_hash, key, source, metadata, place)
     ON CONFLICT (job, key_hash) DO UPDATE SET source = excluded.source, metadata = excluded.metadata`,
    job,
    numbered.last - added.length,
    added.map(({ key }) => createHash('sha256').update(key, 'utf16le').digest()),
    added.map(({ key }) => JSON.stringify(key)),
    added.map(({ source }) => JSON.stringify(source)),
    added.map(({ metadata }) => (metadata === undefined ? null : JSON.stringify(metadata))),
  );
}

export async function waitingItems(
  connection: Connection,
  job: string,
  { after, until, first, suspects }: Parameters<JobStore['waiting']>[1],
): Promise<readonly JobItem[]> {
  const rows = await connection.rows<ItemRow>(
    `SELECT seq, key, source, metadata::text, deaths FROM job_items
     WHERE job = $1 AND seq > $2 AND seq <= $3 AND error IS NULL
       AND deaths ${suspects ? '>=' : '<'} ${SUSPECT_DEATHS}
     ORDER BY ${suspects ? 'deaths, seq' : 'seq'} LIMIT $4`,
    job,
    after,
    until,
    first,
  );
  return rows.map(({ seq, key, source, metadata, deaths }) => ({
    seq,
    deaths,
    key: JSON.parse(key),
    source: JSON.parse(source),
    metadata: metadata === null ? undefined : JSON.parse(metadata),
  }));
}

export async function failedItems(
  connection: Connection,
  job: string,
  { first, after = '0' }: { readonly first: number; readonly after?: string },
): Promise<FailurePage> {
  const rows = await connection.rows<ItemRow & { readonly error: string }>(
    `SELECT seq, key, source, error::text FROM job_items
     WHERE job = $1 AND seq > $2 AND error IS NOT NULL ORDER BY seq LIMIT $3`,
    job,
    Number(after),
    first + 1,
  );
  const page = rows.slice(0, first);
  return {
    failures: page.map(({ key, source, error }) => ({
      key: JSON.parse(key),
      source: JSON.parse(source),
      error: JSON.parse(error) as PublicError,
    })),
    next: rows.length > first ? String(page.at(-1)!.seq) : undefined,
  };
}
