import type { DatabaseSync } from 'node:sqlite';
import { halvesIn } from '../../sqlite/blobs.ts';
import { all, first } from '../../sqlite/statements.ts';
import type { CollectionReference } from '../collection-row.ts';
import type { ReadBatch } from '../each-batch.ts';
import { type Gap, REMEMBERED_CHANGES, rowsOfGaps } from '../removed-rows.ts';
import { rowOfSpace } from './catalogue.ts';
import { vectorId } from './vectors.ts';

/** Vectors of a batch: 4 MB of 512 halves. */
const MAX_ROWS = 4_096;

interface Known {
  readonly collection: CollectionReference;
  /** The last row that is known. */
  readonly since: number;
  /** The change up to which removals are known. */
  readonly asOf: number;
}

/**
 * The next batch for whoever knows so much; undefined when there is no more. The vectors of a batch are joined
 * by SQLite itself, in a third of the time that a value for each takes.
 */
export function readChanges(
  db: DatabaseSync,
  { collection, since, asOf }: Known,
): ReadBatch | undefined {
  const { id, set_id: set, seq: end } = rowOfSpace(db, collection);
  if (since >= end) return undefined;
  const sql = `
    SELECT group_concat(id - ?) AS rows, CAST(group_concat(halves, '') AS BLOB) AS halves
    FROM (SELECT id, halves FROM vectors WHERE id > ? AND id <= ? ORDER BY id LIMIT ${MAX_ROWS})`;
  const found = first<{ readonly rows: string | null; readonly halves: Uint8Array | null }>(
    ...([db, sql, vectorId(set, 0), vectorId(set, since), vectorId(set, end)] as const),
  )!;
  const rows = Uint32Array.from(found.rows?.split(',') ?? [], Number);
  return {
    rows,
    vectors: found.halves === null ? new Uint16Array() : halvesIn(found.halves),
    removed:
      asOf < end - REMEMBERED_CHANGES
        ? missingRows(db, set, since)
        : removedRows(db, id, since, asOf),
    seq: rows.length === MAX_ROWS ? rows.at(-1)! : end,
    asOf: end,
  };
}

/** Rows that whoever knows all up to `since` may have. */
const removedRows = (db: DatabaseSync, collection: number, since: number, asOf: number) =>
  Uint32Array.from(
    all<{ readonly row: number }>(
      db,
      'SELECT row FROM removed_rows WHERE collection = ? AND seq > ? AND row <= ?',
      ...[collection, asOf, since],
    ).map(({ row }) => row),
  );

/** Of those up to `since`. */
const missingRows = (db: DatabaseSync, set: number, since: number) =>
  rowsOfGaps(
    all<Gap>(
      db,
      `SELECT before + 1 AS first, row - 1 AS last FROM (
         SELECT row, lag(row, 1, 0) OVER (ORDER BY row) AS before FROM (
           SELECT id - ?1 AS row FROM vectors WHERE id > ?1 AND id <= ?1 + ?2 UNION ALL SELECT ?2 + 1)
       ) WHERE row > before + 1`,
      ...[vectorId(set, 0), since],
    ),
  );
