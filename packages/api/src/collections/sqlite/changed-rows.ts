import type { DatabaseSync } from 'node:sqlite';
import { halvesIn } from '../../sqlite/blobs.ts';
import { all, first } from '../../sqlite/statements.ts';
import type { CollectionReference } from '../collection-row.ts';
import type { ReadBatch } from '../each-batch.ts';
import { REMEMBERED_CHANGES } from '../removed-rows.ts';
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
    removed: removedRows(db, id, { since, asOf, end }),
    seq: rows.length === MAX_ROWS ? rows.at(-1)! : end,
    asOf: end,
  };
}

/** Rows that whoever knows all up to `since` may have; undefined where it is not remembered. */
function removedRows(
  db: DatabaseSync,
  collection: number,
  { since, asOf, end }: Omit<Known, 'collection'> & { readonly end: number },
): Uint32Array | undefined {
  if (since === 0) return new Uint32Array();
  if (asOf < end - REMEMBERED_CHANGES) return undefined;
  const sql = 'SELECT row FROM removed_rows WHERE collection = ? AND seq > ? AND row <= ?';
  const removed = all<{ readonly row: number }>(db, sql, collection, asOf, since);
  return Uint32Array.from(removed, ({ row }) => row);
}

/** Those of the rows that have no vector. */
export function readMissing(
  db: DatabaseSync,
  { collection, rows }: { readonly collection: CollectionReference; readonly rows: Uint32Array },
): Uint32Array {
  const { set_id: set } = rowOfSpace(db, collection);
  const sql = 'SELECT 1 FROM vectors WHERE id = ?';
  return rows.filter((row) => first(db, sql, vectorId(set, row)) === undefined);
}
