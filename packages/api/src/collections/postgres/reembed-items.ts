import type { Connection } from '../../postgres/connection.ts';
import { checkNextVectors } from '../check-new-items.ts';
import type { Collection, VectorSpace } from '../collection.ts';
import type { CollectionReference } from '../collection-row.ts';
import type { Item } from '../item.ts';
import { type ItemRow, itemOf } from '../item-row.ts';
import { notReembedding, spaceMismatch } from '../refusals.ts';
import { collectionOf, collectionRow, createSet, lockCollection, spaceOf } from './catalogue.ts';
import { ITEM_COLUMNS } from './item-rows.ts';
import { insertVectors, vectorText } from './vectors.ts';

/** @throws ApiError COLLECTION_MODEL_MISMATCH where it is on its way to yet another space. */
export async function beginReembedding(
  connection: Connection,
  collection: CollectionReference,
  space: VectorSpace,
): Promise<Collection> {
  const row = await lockCollection(connection, collection);
  if (row.next_set !== null) {
    const next = await spaceOf(connection, row.next_set);
    if (next.hash !== space.hash) throw spaceMismatch(collection.name, next, space);
  } else if ((await spaceOf(connection, row.set_id)).hash !== space.hash) {
    const set = await createSet(connection, space);
    await connection.run('UPDATE collections SET next_set = $1 WHERE id = $2', set, row.id);
  }
  return collectionOf(connection, await collectionRow(connection, collection));
}

/** @returns those from the lowest rows on. */
export async function readNotReembedded(
  connection: Connection,
  collection: CollectionReference,
  first: number,
): Promise<readonly Item[]> {
  const { id, next_set: next } = await collectionRow(connection, collection);
  if (next === null) return [];
  const found = await connection.rows<ItemRow>(
    `SELECT ${ITEM_COLUMNS} FROM items WHERE collection = $1
     AND NOT EXISTS (SELECT 1 FROM vectors WHERE set_id = $2 AND vectors.row = items.row)
     ORDER BY row LIMIT $3`,
    ...[id, next, first],
  );
  return found.map(itemOf);
}

interface NextVector {
  readonly row: number;
  readonly embedding: Float32Array;
}

/** @throws ApiError BAD_INPUT; COLLECTION_MODEL_MISMATCH where the next space is another, or there is none. */
export async function setNextVectors(
  connection: Connection,
  collection: CollectionReference,
  space: VectorSpace,
  vectors: readonly NextVector[],
): Promise<void> {
  checkNextVectors(vectors, space.dimensions);
  const { id, set_id: set, next_set: next } = await lockCollection(connection, collection);
  const expected = await spaceOf(connection, next ?? set);
  if (next === null || expected.hash !== space.hash) {
    throw spaceMismatch(collection.name, expected, space);
  }
  const there = await connection.rows<{ readonly row: number }>(
    'SELECT row FROM items WHERE collection = $1 AND row = ANY ($2::integer[])',
    ...[id, vectors.map(({ row }) => row)],
  );
  const rows = new Set(there.map(({ row }) => row));
  await insertVectors(
    connection,
    next,
    vectors
      .filter(({ row }) => rows.has(row))
      .map(({ row, embedding }) => ({ row, vector: vectorText(embedding) })),
  );
}

/** @returns undefined where items are still without a vector. */
export async function finishReembedding(
  connection: Connection,
  collection: CollectionReference,
): Promise<Collection | undefined> {
  const { id, items, next_set: next } = await lockCollection(connection, collection);
  if (next === null) throw notReembedding(collection.name);
  if ((await spaceOf(connection, next)).vectors < items) return undefined;
  await connection.run(
    'UPDATE collections SET set_id = next_set, next_set = NULL WHERE id = $1',
    id,
  );
  return collectionOf(connection, await collectionRow(connection, collection));
}

export async function cancelReembedding(
  connection: Connection,
  collection: CollectionReference,
): Promise<Collection> {
  const { id } = await lockCollection(connection, collection);
  await connection.run('UPDATE collections SET next_set = NULL WHERE id = $1', id);
  return collectionOf(connection, await collectionRow(connection, collection));
}
