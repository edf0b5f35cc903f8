import { createHash } from 'node:crypto';
import type { Connection } from '../../postgres/connection.ts';
import type { CollectionReference } from '../collection-row.ts';
import type { Item, KnownItem } from '../item.ts';
import { type ItemRow, itemOf, knownOf } from '../item-row.ts';
import { collectionRow, rowOfSpace } from './catalogue.ts';
import { vectorsOfRows } from './vectors.ts';

/** Those of `ItemRow`. */
export const ITEM_COLUMNS =
  'row, key, source, content_hash, format, width, height, bytes, modified, indexed_at, metadata, has_thumbnail';

/** By what an item is found: keys are longer than an index takes. */
export const keyHash = (key: string): Buffer => createHash('sha256').update(key).digest();

export async function readItems(
  connection: Connection,
  collection: CollectionReference,
  keys: readonly string[],
): Promise<readonly (Item | undefined)[]> {
  const found = await itemsOfKeys(connection, collection, keys);
  const byKey = new Map(found.map((row) => [row.key, itemOf(row)]));
  return keys.map((key) => byKey.get(key));
}

export async function readItemsOfRows(
  connection: Connection,
  collection: CollectionReference,
  rows: readonly number[],
): Promise<readonly (Item | undefined)[]> {
  const { id } = await collectionRow(connection, collection);
  const sql = `SELECT ${ITEM_COLUMNS} FROM items WHERE collection = $1 AND row = ANY ($2::integer[])`;
  const found = await connection.rows<ItemRow>(sql, id, rows);
  const byRow = new Map(found.map((row) => [row.row, itemOf(row)]));
  return rows.map((row) => byRow.get(row));
}

export async function readKnown(
  connection: Connection,
  collection: CollectionReference,
  keys: readonly string[],
): Promise<ReadonlyMap<string, KnownItem>> {
  const found = await itemsOfKeys(connection, collection, keys);
  return new Map(found.map((row) => [row.key, knownOf(row)]));
}

export async function readThumbnail(
  connection: Connection,
  collection: CollectionReference,
  key: string,
): Promise<Uint8Array | undefined> {
  const { id } = await collectionRow(connection, collection);
  const sql = 'SELECT image FROM thumbnails WHERE collection = $1 AND key_hash = $2';
  const row = await connection.first<{ readonly image: Buffer }>(sql, id, keyHash(key));
  return row && new Uint8Array(row.image);
}

/** [E] each. */
export async function readVectors(
  connection: Connection,
  collection: CollectionReference,
  rows: readonly number[],
): Promise<readonly (Float32Array | undefined)[]> {
  const { set_id: set } = await rowOfSpace(connection, collection);
  const vectors = await vectorsOfRows(connection, set, rows);
  return rows.map((row) => vectors.get(row));
}

async function itemsOfKeys(
  connection: Connection,
  collection: CollectionReference,
  keys: readonly string[],
): Promise<ItemRow[]> {
  const { id } = await collectionRow(connection, collection);
  const sql = `SELECT ${ITEM_COLUMNS} FROM items WHERE collection = $1 AND key_hash = ANY ($2::bytea[])`;
  return connection.rows<ItemRow>(sql, id, keys.map(keyHash));
}
