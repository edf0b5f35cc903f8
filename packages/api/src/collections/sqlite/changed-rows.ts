import type { DatabaseSync } from 'node:sqlite';
import { halvesIn } from '../../sqlite/blobs.ts';
import { all, first } from '../../sqlite/statements.ts';
import type { CollectionReference } from '../collection-row.ts';
import type { ChangeBatch } from '../store.ts';
import { rowOfSpace } from './catalogue.ts';
import { vectorId } from './vectors.ts';

/** Vectors of a batch: 4 MB of 512 halves. */
const MAX_ROWS = 4_096;

/**
 * The next batch after `since`, which is a number of a change; undefined when there is no more. The
 * vectors of a batch are joined by SQLite itself, in a third of the time that a value for each takes.
 */
export function readChanges(
  db: DatabaseSync,
  { collection, since }: { collection: CollectionReference; since: number },
): ChangeBatch | undefined {
  const { id, set_id: set, seq: end } = rowOfSpace(db, collection);
  if (since >= end) return undefined;
  const sql = `
    SELECT group_concat(id - ?) AS rows, CAST(group_concat(halves, '') AS BLOB) AS halves
    FROM (SELECT id, halves FROM vectors WHERE id > ? AND id <= ? ORDER BY id LIMIT ${MAX_ROWS})`;
  const found = first<{ readonly rows: string | null; readonly halves: Uint8Array | null }>(
    ...([db, sql, vectorId(set, 0), vectorId(set, since), vectorId(set, end)] as const),
  )!;
  const rows = Uint32Array.from(found.rows?.split(',') ?? [], Number);
  const seq = rows.length === MAX_ROWS ? rows.at(-1)! : end;
  return {
    rows,
    vectors: found.halves === null ? new Uint16Array() : halvesIn(found.halves),
    removed: removedRows(db, id, since, seq),
    seq,
  };
}

/** Rows that whoever knows all up to `since` may have. */
const removedRows = (db: DatabaseSync, collection: number, since: number, until: number) =>
  Uint32Array.from(
    all<{ readonly row: number }>(
      db,
      'SELECT row FROM removed_rows WHERE collection = ? AND seq > ? AND seq <= ? AND row <= ?',
      ...[collection, since, until, since],
    ).map(({ row }) => row),
  );
