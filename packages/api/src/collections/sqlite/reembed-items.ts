import type { DatabaseSync } from 'node:sqlite';
import { all, first, run } from '../../sqlite/statements.ts';
import type { Collection, VectorSpace } from '../collection.ts';
import type { CollectionReference } from '../collection-row.ts';
import type { Item } from '../item.ts';
import { type ItemRow, itemOf } from '../item-row.ts';
import { notReembedding, spaceMismatch } from '../refusals.ts';
import { collectionOf, collectionRow, createSet, spaceOf } from './catalogue.ts';
import { insertVector, readVector, vectorId } from './vectors.ts';

interface Of {
  readonly collection: CollectionReference;
}

/** @throws ApiError COLLECTION_MODEL_MISMATCH where it is on its way to yet another space. */
export function beginReembedding(
  db: DatabaseSync,
  { collection, space }: Of & { readonly space: VectorSpace },
): Collection {
  const row = collectionRow(db, collection);
  if (row.next_set !== null) {
    const next = spaceOf(db, row.next_set);
    if (next.hash !== space.hash) throw spaceMismatch(collection.name, next, space);
  } else if (spaceOf(db, row.set_id).hash !== space.hash) {
    const set = createSet(db, space);
    run(db, 'UPDATE collections SET next_set = ? WHERE id = ?', set, row.id);
  }
  return collectionOf(db, collectionRow(db, collection));
}

/** @returns those from the lowest rows on. */
export function readNotReembedded(
  db: DatabaseSync,
  { collection, count }: Of & { readonly count: number },
): readonly Item[] {
  const { id, next_set: next } = collectionRow(db, collection);
  if (next === null) return [];
  const sql = `
    SELECT * FROM items WHERE collection = ?
    AND NOT EXISTS (SELECT 1 FROM vectors WHERE vectors.id = ? + row) ORDER BY row LIMIT ?`;
  return all<ItemRow>(db, sql, id, vectorId(next, 0), count).map(itemOf);
}

export interface NextVectors extends Of {
  readonly space: VectorSpace;
  readonly rows: readonly number[];
  /** [rows, E] in half precision. */
  readonly vectors: Uint16Array;
}

/** @throws ApiError COLLECTION_MODEL_MISMATCH where the next space is another, or there is none. */
export function setNextVectors(
  db: DatabaseSync,
  { collection, space, rows, vectors }: NextVectors,
): void {
  const { id, set_id: set, next_set: next } = collectionRow(db, collection);
  const expected = spaceOf(db, next ?? set);
  if (next === null || expected.hash !== space.hash) {
    throw spaceMismatch(collection.name, expected, space);
  }
  const sql = 'SELECT 1 FROM items WHERE collection = ? AND row = ?';
  for (const [i, row] of rows.entries()) {
    const isThere = first(db, sql, id, row) !== undefined;
    if (!isThere || readVector(db, next, row) !== undefined) continue;
    const { dimensions } = space;
    insertVector(db, next, row, vectors.subarray(i * dimensions, (i + 1) * dimensions));
  }
}

/** @returns undefined where items are still without a vector. */
export function finishReembedding(db: DatabaseSync, { collection }: Of): Collection | undefined {
  const { id, items, next_set: next } = collectionRow(db, collection);
  if (next === null) throw notReembedding(collection.name);
  if (spaceOf(db, next).vectors < items) return undefined;
  run(db, 'UPDATE collections SET set_id = next_set, next_set = NULL WHERE id = ?', id);
  return collectionOf(db, collectionRow(db, collection));
}

export function cancelReembedding(db: DatabaseSync, { collection }: Of): Collection {
  const { id } = collectionRow(db, collection);
  run(db, 'UPDATE collections SET next_set = NULL WHERE id = ?', id);
  return collectionOf(db, collectionRow(db, collection));
}
