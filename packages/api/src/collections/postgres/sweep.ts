import type { Connection } from '../../postgres/connection.ts';
import { dropIndex } from './vector-index.ts';

/** Of one transaction: others’ writes come in between. */
const SLICE = 2_000;

/** `pg_try_advisory_xact_lock` of whoever sweeps: “Clin”. */
const LOCK = 0x436c696e;

interface Id {
  readonly id: number;
}

const OF_COLLECTION = ['thumbnails', 'removed_rows', 'items'] as const;

/**
 * Removes a slice of what dropped collections, and sets of vectors that nothing uses, have left, and at the end the prompts of
 * models that nothing is embedded with.
 *
 * @returns whether there may be more to do, for this process.
 */
export async function sweep(connection: Connection): Promise<boolean> {
  const lock = await connection.first<{ readonly mine: boolean }>(
    'SELECT pg_try_advisory_xact_lock($1) AS mine',
    LOCK,
  );
  if (!lock?.mine) return false;
  const dropped = await connection.first<Id>('SELECT id FROM collections WHERE dropped LIMIT 1');
  if (dropped !== undefined) return sweepCollection(connection, dropped.id);
  const unused = await connection.first<Id>(
    `SELECT id FROM vector_sets WHERE NOT EXISTS (
       SELECT 1 FROM collections WHERE set_id = vector_sets.id OR next_set = vector_sets.id) LIMIT 1`,
  );
  if (unused === undefined) {
    await connection.run(
      'DELETE FROM prompts WHERE NOT EXISTS (SELECT 1 FROM vector_sets WHERE hash = space)',
    );
    return false;
  }
  if ((await removeSlice(connection, 'vectors', 'set_id', unused.id)) > 0) return true;
  await connection.run('DELETE FROM row_levels WHERE set_id = $1', unused.id);
  await dropIndex(connection, unused.id);
  await connection.run('DELETE FROM vector_sets WHERE id = $1', unused.id);
  return true;
}

async function sweepCollection(connection: Connection, collection: number): Promise<true> {
  for (const table of OF_COLLECTION) {
    if ((await removeSlice(connection, table, 'collection', collection)) > 0) return true;
  }
  await connection.run('DELETE FROM fields WHERE collection = $1', collection);
  await connection.run('DELETE FROM collections WHERE id = $1', collection);
  return true;
}

const removeSlice = (
  connection: Connection,
  table: (typeof OF_COLLECTION)[number] | 'vectors',
  column: 'collection' | 'set_id',
  id: number,
): Promise<number> =>
  connection.run(
    `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM ${table} WHERE ${column} = $1 LIMIT ${SLICE}))`,
    id,
  );
