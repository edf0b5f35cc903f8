import type { DatabaseSync } from 'node:sqlite';
import { all, first, run } from '../../sqlite/statements.ts';
import { vectorId } from './vectors.ts';

/** Of one transaction: others’ writes come in between. */
const SLICE = 2_000;

interface Id {
  readonly id: number;
}

/**
 * Removes a slice of what dropped collections, and sets of vectors that nothing uses, have left, and at the end the prompts of
 * models that nothing is embedded with.
 *
 * @returns whether there may be more.
 */
export function sweep(db: DatabaseSync): boolean {
  const dropped = first<Id>(db, 'SELECT id FROM collections WHERE dropped = 1 LIMIT 1');
  if (dropped !== undefined) {
    if (!sweepCollection(db, dropped.id)) deleteCollection(db, dropped.id);
    return true;
  }
  const unused = first<Id>(
    db,
    `SELECT id FROM vector_sets WHERE id NOT IN (SELECT set_id FROM collections)
     AND id NOT IN (SELECT next_set FROM collections WHERE next_set IS NOT NULL) LIMIT 1`,
  );
  if (unused === undefined) {
    run(db, 'DELETE FROM prompts WHERE space NOT IN (SELECT hash FROM vector_sets)');
    return false;
  }
  const [from, to] = [vectorId(unused.id, 0), vectorId(unused.id + 1, 0)];
  const sql = `DELETE FROM vectors WHERE id IN (
    SELECT id FROM vectors WHERE id >= ? AND id < ? LIMIT ${SLICE})`;
  if (run(db, sql, from, to) > 0) return true;
  run(db, 'DELETE FROM row_levels WHERE set_id = ?', unused.id);
  run(db, 'DELETE FROM vector_sets WHERE id = ?', unused.id);
  return true;
}

/** @returns whether something was left to remove. */
function sweepCollection(db: DatabaseSync, collection: number): boolean {
  const values = `DELETE FROM metadata_values WHERE field = ? AND (value, key, row) IN (
    SELECT value, key, row FROM metadata_values WHERE field = ? LIMIT ${SLICE})`;
  const fields = all<Id>(db, 'SELECT id FROM fields WHERE collection = ?', collection);
  if (fields.some(({ id }) => run(db, values, id, id) > 0)) return true;
  const slices = [
    `DELETE FROM thumbnails WHERE id IN (
      SELECT id FROM thumbnails WHERE collection = ? LIMIT ${SLICE})`,
    `DELETE FROM removed_rows WHERE collection = ?1 AND (seq, row) IN (
      SELECT seq, row FROM removed_rows WHERE collection = ?1 LIMIT ${SLICE})`,
    `DELETE FROM items WHERE collection = ?1 AND row IN (
      SELECT row FROM items WHERE collection = ?1 LIMIT ${SLICE})`,
  ];
  return slices.some((sql) => run(db, sql, collection) > 0);
}

function deleteCollection(db: DatabaseSync, collection: number): void {
  run(db, 'DELETE FROM fields WHERE collection = ?', collection);
  run(db, 'DELETE FROM collections WHERE id = ?', collection);
}
