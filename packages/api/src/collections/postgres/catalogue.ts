import type { Owner } from '../../access/owner.ts';
import { isName } from '../../limits/names.ts';
import type { Connection } from '../../postgres/connection.ts';
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
export async function createCollection(
  connection: Connection,
  owner: Owner,
  name: string,
  space: VectorSpace,
): Promise<Collection> {
  // Two of an owner’s at a time could both be the last.
  await connection.run(
    "SELECT pg_advisory_xact_lock(hashtextextended('collections of ' || $1, 0))",
    owner,
  );
  checkPlace(name, await namesOf(connection, owner));
  const set = await createSet(connection, space);
  const sql = 'INSERT INTO collections (owner, name, set_id, created_at) VALUES ($1, $2, $3, $4)';
  await connection.run(sql, owner, name, set, Date.now());
  return findCollection(connection, owner, name);
}

/** @throws ApiError UNKNOWN_COLLECTION. */
export async function findCollection(
  connection: Connection,
  owner: Owner,
  name: string,
): Promise<Collection> {
  const sql = 'SELECT * FROM collections WHERE owner = $1 AND name = $2 AND NOT dropped';
  const row = isName(name) ? await connection.first<CollectionRow>(sql, owner, name) : undefined;
  if (row === undefined) throw unknownCollection(name, await namesOf(connection, owner));
  return collectionOf(connection, row);
}

/** @param owner all owners unless given, the oldest collection first. */
export async function listCollections(
  connection: Connection,
  owner?: Owner,
): Promise<readonly Collection[]> {
  const sql = 'SELECT * FROM collections WHERE NOT dropped';
  const rows = await (owner === undefined
    ? connection.rows<CollectionRow>(`${sql} ORDER BY id`)
    : connection.rows<CollectionRow>(`${sql} AND owner = $1 ORDER BY name`, owner));
  return collectionsOf(connection, rows);
}

/** What it holds is removed in slices later. @throws ApiError UNKNOWN_COLLECTION. */
export async function dropCollection(
  connection: Connection,
  owner: Owner,
  name: string,
): Promise<void> {
  const { id } = await findCollection(connection, owner, name);
  await connection.run('UPDATE collections SET dropped = true WHERE id = $1', id);
}

/** @throws ApiError UNKNOWN_COLLECTION for one that was dropped. */
export const collectionRow = (
  connection: Connection,
  collection: CollectionReference,
): Promise<CollectionRow> => readRow(connection, collection, '');

/** Keeps others from changing its items until the transaction ends. @throws as `collectionRow`. */
export const lockCollection = (
  connection: Connection,
  collection: CollectionReference,
): Promise<CollectionRow> => readRow(connection, collection, 'FOR UPDATE');

async function readRow(
  connection: Connection,
  { id, name }: CollectionReference,
  lock: '' | 'FOR UPDATE',
): Promise<CollectionRow> {
  const sql = `SELECT * FROM collections WHERE id = $1 AND NOT dropped ${lock}`;
  const row = await connection.first<CollectionRow>(sql, id);
  if (row === undefined) throw unknownCollection(name, []);
  return row;
}

/** @throws ApiError COLLECTION_MODEL_MISMATCH where the space is another one by now. */
export async function checkSpace(
  connection: Connection,
  { name, space }: CollectionReference,
  { set_id: set }: CollectionRow,
): Promise<void> {
  const now = await spaceOf(connection, set);
  if (now.hash !== space.hash) throw spaceMismatch(name, now, space);
}

/** @throws as `collectionRow` and `checkSpace`. */
export async function rowOfSpace(
  connection: Connection,
  collection: CollectionReference,
): Promise<CollectionRow> {
  const row = await collectionRow(connection, collection);
  await checkSpace(connection, collection, row);
  return row;
}

export const collectionOf = async (
  connection: Connection,
  row: CollectionRow,
): Promise<Collection> => (await collectionsOf(connection, [row]))[0]!;

/** What belongs to them is read for all at once. */
async function collectionsOf(
  connection: Connection,
  rows: readonly CollectionRow[],
): Promise<readonly Collection[]> {
  const sets = await connection.rows<SetRow & { readonly id: number }>(
    'SELECT id, hash, model, dimensions, vectors FROM vector_sets WHERE id = ANY ($1::bigint[])',
    rows.flatMap(({ set_id, next_set }) => (next_set === null ? [set_id] : [set_id, next_set])),
  );
  const fields = await connection.rows<FieldRow & { readonly collection: number }>(
    'SELECT id, name, type, collection FROM fields WHERE collection = ANY ($1::bigint[]) ORDER BY id',
    rows.map(({ id }) => id),
  );
  const setById = new Map(sets.map(({ id, ...set }) => [id, set]));
  const fieldsById = Map.groupBy(fields, ({ collection }) => collection);
  return rows.map((row) =>
    collectionOfRows(row, {
      set: setById.get(row.set_id)!,
      next: row.next_set === null ? undefined : setById.get(row.next_set),
      fields: fieldsById.get(row.id) ?? [],
    }),
  );
}

/** In the order in which they came. */
export const fieldsOf = (connection: Connection, collection: number): Promise<FieldRow[]> =>
  connection.rows(
    'SELECT id, name, type FROM fields WHERE collection = $1 ORDER BY id',
    collection,
  );

/** @returns the set's number. */
export async function createSet(
  connection: Connection,
  { hash, model, dimensions }: VectorSpace,
): Promise<number> {
  const sql = 'INSERT INTO vector_sets (hash, model, dimensions) VALUES ($1, $2, $3) RETURNING id';
  return (await connection.first<{ readonly id: number }>(sql, hash, model, dimensions))!.id;
}

export const spaceOf = async (connection: Connection, set: number): Promise<SetRow> =>
  (await connection.first<SetRow>(
    'SELECT hash, model, dimensions, vectors FROM vector_sets WHERE id = $1',
    set,
  ))!;

async function namesOf(connection: Connection, owner: Owner): Promise<readonly string[]> {
  const sql = 'SELECT name FROM collections WHERE owner = $1 AND NOT dropped ORDER BY name';
  return (await connection.rows<{ readonly name: string }>(sql, owner)).map(({ name }) => name);
}
