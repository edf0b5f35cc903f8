import type { Postgres } from '../../postgres/connection.ts';
import type { CollectionReference } from '../collection-row.ts';
import type { ChangeBatch } from '../store.ts';
import { rowOfSpace } from './catalogue.ts';
import { HALVES, halvesOf } from './vectors.ts';

/** Vectors of a batch: 4 MB of 512 halves. */
const MAX_ROWS = 4_096;

/** The next batch after `since`, which is a number of a change; undefined when there is no more. */
export const readChanges = (
  database: Postgres,
  collection: CollectionReference,
  since: number,
): Promise<ChangeBatch | undefined> =>
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
    const seq = rows.length === MAX_ROWS ? rows.at(-1)! : end;
    const removed = await connection.rows<{ readonly row: number }>(
      'SELECT row FROM removed_rows WHERE collection = $1 AND seq > $2 AND seq <= $3 AND row <= $2',
      ...[id, since, seq],
    );
    return {
      rows,
      vectors: found?.halves ? halvesOf(found.halves) : new Uint16Array(),
      removed: Uint32Array.from(removed, ({ row }) => row),
      seq,
    };
  });
