import type { Connection, Postgres } from '../../postgres/connection.ts';
import type { CollectionReference } from '../collection-row.ts';
import type { ReadBatch } from '../each-batch.ts';
import { type Gap, REMEMBERED_CHANGES, rowsOfGaps } from '../removed-rows.ts';
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
    const removed =
      asOf < end - REMEMBERED_CHANGES
        ? await missingRows(connection, set, since)
        : await removedRows(connection, id, since, asOf);
    return {
      rows,
      vectors: found?.halves ? halvesOf(found.halves) : new Uint16Array(),
      removed,
      seq: rows.length === MAX_ROWS ? rows.at(-1)! : end,
      asOf: end,
    };
  });

async function removedRows(
  connection: Connection,
  collection: number,
  since: number,
  asOf: number,
): Promise<Uint32Array> {
  const removed = await connection.rows<{ readonly row: number }>(
    'SELECT row FROM removed_rows WHERE collection = $1 AND seq > $2 AND row <= $3',
    ...[collection, asOf, since],
  );
  return Uint32Array.from(removed, ({ row }) => row);
}

/** Of those up to `since`. */
async function missingRows(
  connection: Connection,
  set: number,
  since: number,
): Promise<Uint32Array> {
  const gaps = await connection.rows<Gap>(
    `SELECT before + 1 AS first, row - 1 AS last FROM (
       SELECT row, lag(row, 1, 0) OVER (ORDER BY row) AS before FROM (
         SELECT row FROM vectors WHERE set_id = $1 AND row <= $2 UNION ALL SELECT $2 + 1) AS there
     ) AS following WHERE row > before + 1`,
    ...[set, since],
  );
  return rowsOfGaps(gaps);
}
