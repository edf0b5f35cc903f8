import type { DatabaseSync } from 'node:sqlite';
import { first } from '../../sqlite/statements.ts';
import type { CollectionReference } from '../collection-row.ts';
import { floatsOf } from '../halves.ts';
import type { Item, KnownItem, Metadata } from '../item.ts';
import { type ItemRow, itemOf, knownOf } from '../item-row.ts';
import { collectionRow, rowOfSpace } from './catalogue.ts';
import { readVector } from './vectors.ts';

export const itemOfKey = (db: DatabaseSync, collection: number, key: string): ItemRow | undefined =>
  first(db, 'SELECT * FROM items WHERE collection = ? AND key = ?', collection, key);

const itemOfRow = (db: DatabaseSync, collection: number, row: number): ItemRow | undefined =>
  first(db, 'SELECT * FROM items WHERE collection = ? AND row = ?', collection, row);

export const metadataOf = ({ metadata }: Pick<ItemRow, 'metadata'>): Metadata =>
  JSON.parse(metadata);

interface ByKeys {
  readonly collection: CollectionReference;
  readonly keys: readonly string[];
}

interface ByRows {
  readonly collection: CollectionReference;
  readonly rows: Uint32Array;
}

export function readItems(
  db: DatabaseSync,
  { collection, keys }: ByKeys,
): readonly (Item | undefined)[] {
  const { id } = collectionRow(db, collection);
  return keys.map((key) => itemOrNone(itemOfKey(db, id, key)));
}

export function readItemsOfRows(
  db: DatabaseSync,
  { collection, rows }: ByRows,
): readonly (Item | undefined)[] {
  const { id } = collectionRow(db, collection);
  return Array.from(rows, (row) => itemOrNone(itemOfRow(db, id, row)));
}

const itemOrNone = (row: ItemRow | undefined): Item | undefined => row && itemOf(row);

export function readKnown(
  db: DatabaseSync,
  { collection, keys }: ByKeys,
): ReadonlyMap<string, KnownItem> {
  const { id } = collectionRow(db, collection);
  const sql = 'SELECT content_hash, modified, bytes FROM items WHERE collection = ? AND key = ?';
  const known = new Map<string, KnownItem>();
  for (const key of keys) {
    const row = first<ItemRow>(db, sql, id, key);
    if (row === undefined) continue;
    known.set(key, knownOf(row));
  }
  return known;
}

export function readThumbnail(
  db: DatabaseSync,
  { collection, key }: { collection: CollectionReference; key: string },
): Uint8Array | undefined {
  const { id } = collectionRow(db, collection);
  const sql = 'SELECT image FROM thumbnails WHERE collection = ? AND key = ?';
  return first<{ readonly image: Uint8Array }>(db, sql, id, key)?.image;
}

/** [E] each. */
export function readVectors(
  db: DatabaseSync,
  { collection, rows }: ByRows,
): readonly (Float32Array | undefined)[] {
  const { set_id: set } = rowOfSpace(db, collection);
  return Array.from(rows, (row) => {
    const halves = readVector(db, set, row);
    return halves && floatsOf(halves);
  });
}
