import type { DatabaseSync } from 'node:sqlite';
import type { Owner } from '../../access/owner.ts';
import { all, first, run } from '../../sqlite/statements.ts';
import type { Collection, VectorSpace } from '../collection.ts';
import {
  type CollectionReference,
  type CollectionRow,
  collectionOfRows,
  type FieldRow,
  type SetRow,
} from '../collection-row.ts';
import { checkPlace, spaceMismatch, unknownCollection } from '../refusals.ts';

/** @throws ApiError COLLECTION_EXISTS, TOO_MANY_COLLECTIONS. */
export function createCollection(
  db: DatabaseSync,
  { owner, name, space }: { owner: Owner; name: string; space: VectorSpace },
): Collection {
  checkPlace(name, namesOf(db, owner));
  const set = createSet(db, space);
  const sql = 'INSERT INTO collections (owner, name, set_id, created_at) VALUES (?, ?, ?, ?)';
  run(db, sql, owner, name, set, Date.now());
  return findCollection(db, { owner, name });
}

/** @throws ApiError UNKNOWN_COLLECTION. */
export function findCollection(
  db: DatabaseSync,
  { owner, name }: { owner: Owner; name: string },
): Collection {
  const sql = 'SELECT * FROM collections WHERE owner = ? AND name = ? AND dropped = 0';
  const row = first<CollectionRow>(db, sql, owner, name);
  if (row === undefined) throw unknownCollection(name, namesOf(db, owner));
  return collectionOf(db, row);
}

export const listCollections = (db: DatabaseSync, owner: Owner): readonly Collection[] =>
  all<CollectionRow>(
    db,
    'SELECT * FROM collections WHERE owner = ? AND dropped = 0 ORDER BY name',
    owner,
  ).map((row) => collectionOf(db, row));

export const listAllCollections = (db: DatabaseSync): readonly Collection[] =>
  all<CollectionRow>(db, 'SELECT * FROM collections WHERE dropped = 0 ORDER BY id').map((row) =>
    collectionOf(db, row),
  );

/** What it holds is removed in slices later. @throws ApiError UNKNOWN_COLLECTION. */
export function dropCollection(
  db: DatabaseSync,
  { owner, name }: { owner: Owner; name: string },
): void {
  const { id } = findCollection(db, { owner, name });
  run(db, 'UPDATE collections SET dropped = 1 WHERE id = ?', id);
}

/** @throws ApiError UNKNOWN_COLLECTION for one that was dropped. */
export function collectionRow(
  db: DatabaseSync,
  { id, name }: Pick<CollectionReference, 'id' | 'name'>,
): CollectionRow {
  const sql = 'SELECT * FROM collections WHERE id = ? AND dropped = 0';
  const row = first<CollectionRow>(db, sql, id);
  if (row === undefined) throw unknownCollection(name, []);
  return row;
}

/** @throws also ApiError COLLECTION_MODEL_MISMATCH where the space is another one by now. */
export function rowOfSpace(
  db: DatabaseSync,
  { id, name, space }: CollectionReference,
): CollectionRow {
  const row = collectionRow(db, { id, name });
  const now = spaceOf(db, row.set_id);
  if (now.hash !== space.hash) throw spaceMismatch(name, now, space);
  return row;
}

export function collectionOf(db: DatabaseSync, row: CollectionRow): Collection {
  return collectionOfRows(row, {
    set: spaceOf(db, row.set_id),
    next: row.next_set === null ? undefined : spaceOf(db, row.next_set),
    fields: fieldsOf(db, row.id),
  });
}

/** In the order in which they came. */
export const fieldsOf = (db: DatabaseSync, collection: number): readonly FieldRow[] =>
  all<FieldRow>(
    db,
    'SELECT id, name, type FROM fields WHERE collection = ? ORDER BY id',
    collection,
  );

/** @returns the set's number. */
export function createSet(db: DatabaseSync, { hash, model, dimensions }: VectorSpace): number {
  const sql = 'INSERT INTO vector_sets (hash, model, dimensions) VALUES (?, ?, ?) RETURNING id';
  return first<{ readonly id: number }>(db, sql, hash, model, dimensions)!.id;
}

export const spaceOf = (db: DatabaseSync, set: number): SetRow =>
  first<SetRow>(db, 'SELECT hash, model, dimensions, vectors FROM vector_sets WHERE id = ?', set)!;

const namesOf = (db: DatabaseSync, owner: Owner): readonly string[] =>
  all<{ readonly name: string }>(
    db,
    'SELECT name FROM collections WHERE owner = ? AND dropped = 0 ORDER BY name',
    owner,
  ).map(({ name }) => name);
