import type { Connection, Postgres } from '../../postgres/connection.ts';
import type { CollectionReference } from '../collection-row.ts';
import type { ReadBatch } from '../each-batch.ts';
import { REMEMBERED_CHANGES } from '../removed-rows.ts';
import { rowOfSpace } from './catalogue.ts';
import { HALVES, halvesOf } from './vectors.ts';

/** Vectors of a batch: 4 MB of 512 halves. */
const MAX_ROWS = 4_096;

/** The next batch for whoever knows rows up to `since`, and removals up to `asOf`; undefined when there is no more. */
export const readChanges = (
  database: Postgres,
  collection: CollectionReference,
  since: number,
  asOf: number,
): Promise<ReadBatch | undefined> =>
  database.snapshot(async (connection) => {
    const { id, set_id: set, seq: end } = await rowOfSpace(connection, collection);
    if (since >= end) return undefined;
    const found = await connection.first<{ rows: number[] | null; halves: Buffer | null }>(
      `SELECT array_agg(row ORDER BY row) AS rows, string_agg(${HALVES}, '' ORDER BY row) AS halves
       FROM (SELECT row, embedding FROM vectors WHERE set_id = $1 AND row > $2 AND row <= $3
         ORDER BY row LIMIT ${MAX_ROWS}) AS batch`,
      ...[set, since, end],
    );
    const rows = Uint32Array.from(found?.rows ?? []);
    return {
      rows,
      vectors: found?.halves ? halvesOf(found.halves) : new Uint16Array(),
      removed: await removedRows(connection, id, { since, asOf, end }),
      seq: rows.length === MAX_ROWS ? rows.at(-1)! : end,
      asOf: end,
    };
  });

interface Known {
  /** The last row that is known. */
  readonly since: number;
  /** The change up to which removals are known. */
  readonly asOf: number;
  /** The last change that there was. */
  readonly end: number;
}

/** Undefined where it is not remembered. */
async function removedRows(
  connection: Connection,
  collection: number,
  { since, asOf, end }: Known,
): Promise<Uint32Array | undefined> {
  if (since === 0) return new Uint32Array();
  if (asOf < end - REMEMBERED_CHANGES) return undefined;
  const removed = await connection.rows<{ readonly row: number }>(
    'SELECT row FROM removed_rows WHERE collection = $1 AND seq > $2 AND row <= $3',
    ...[collection, asOf, since],
  );
  return Uint32Array.from(removed, ({ row }) => row);
}

/** Those of the rows that have no vector. */
export async function readMissing(
  connection: Connection,
  collection: CollectionReference,
  rows: Uint32Array,
): Promise<Uint32Array> {
  const { set_id: set } = await rowOfSpace(connection, collection);
  const missing = await connection.rows<{ readonly row: number }>(
    `SELECT row FROM unnest($2::integer[]) AS asked (row)
     WHERE NOT EXISTS (SELECT 1 FROM vectors WHERE set_id = $1 AND vectors.row = asked.row)`,
    ...[set, Array.from(rows)],
  );
  return Uint32Array.from(missing, ({ row }) => row);
}
