import type { DatabaseSync } from 'node:sqlite';
import { run } from '../../sqlite/statements.ts';
import type { CollectionReference } from '../collection-row.ts';
import type { Metadata, NewItem } from '../item.ts';
import type { ItemRow } from '../item-row.ts';
import { REMEMBERED_CHANGES } from '../removed-rows.ts';
import { collectionRow, rowOfSpace } from './catalogue.ts';
import { itemOfKey, metadataOf } from './item-rows.ts';
import { MetadataWriter } from './metadata-values.ts';
import { deleteVector, insertVector, readVector } from './vectors.ts';

/** A batch in the form in which it goes to the thread. */
export interface ItemBatch {
  readonly collection: CollectionReference;
  readonly items: readonly Omit<NewItem, 'embedding'>[];
  /** [items, E] in half precision. */
  readonly vectors: Uint16Array;
}

/** @throws ApiError UNKNOWN_COLLECTION, COLLECTION_MODEL_MISMATCH, BAD_METADATA. */
export function upsertItems(db: DatabaseSync, { collection, items, vectors }: ItemBatch): void {
  const writer = new ItemWriter(db, rowOfSpace(db, collection));
  const { dimensions } = collection.space;
  for (const [i, item] of items.entries()) {
    writer.upsert(item, vectors.subarray(i * dimensions, (i + 1) * dimensions));
  }
  writer.finish();
}

interface MetadataBatch {
  readonly collection: CollectionReference;
  readonly items: readonly { readonly key: string; readonly metadata: Metadata }[];
}

/** @throws ApiError UNKNOWN_COLLECTION, BAD_METADATA. */
export function setMetadata(db: DatabaseSync, { collection, items }: MetadataBatch): void {
  const { id } = collectionRow(db, collection);
  const values = new MetadataWriter(db, id);
  for (const { key, metadata } of items) {
    const item = itemOfKey(db, id, key);
    if (item === undefined) continue;
    values.delete(item, metadataOf(item));
    values.insert(item, metadata);
    const sql = 'UPDATE items SET metadata = ? WHERE collection = ? AND row = ?';
    run(db, sql, JSON.stringify(metadata), id, item.row);
  }
}

/** @returns how many there were. */
export function removeItems(
  db: DatabaseSync,
  { collection, keys }: { collection: CollectionReference; keys: readonly string[] },
): number {
  const writer = new ItemWriter(db, collectionRow(db, collection));
  const count = keys.filter((key) => writer.remove(key)).length;
  writer.finish();
  return count;
}

const INSERT = `
  INSERT INTO items (collection, row, key, source, content_hash, format, width, height, bytes,
    modified, indexed_at, metadata, has_thumbnail)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Writes a collection's items one by one, and its counts at the end. */
class ItemWriter {
  readonly #db: DatabaseSync;
  readonly #collection: Readonly<ReturnType<typeof collectionRow>>;
  readonly #values: MetadataWriter;
  readonly #now = Date.now();
  #seq: number;
  #added = 0;

  constructor(db: DatabaseSync, collection: ReturnType<typeof collectionRow>) {
    this.#db = db;
    this.#collection = collection;
    this.#values = new MetadataWriter(db, collection.id);
    this.#seq = collection.seq;
  }

  upsert(item: Omit<NewItem, 'embedding'>, halves: Uint16Array): void {
    const { id, set_id: set } = this.#collection;
    const old = itemOfKey(this.#db, id, item.key);
    const isSame = old !== undefined && areEqual(readVector(this.#db, set, old.row)!, halves);
    const row = isSame ? old.row : ++this.#seq;
    if (old === undefined) this.#added += 1;
    else this.#deleteRow(old);
    if (!isSame) {
      if (old !== undefined) this.#deleteVectors(old.row);
      insertVector(this.#db, set, row, halves);
    }
    this.#insertRow(item, row);
  }

  /** @returns whether it was there. */
  remove(key: string): boolean {
    const { id } = this.#collection;
    const old = itemOfKey(this.#db, id, key);
    if (old === undefined) return false;
    this.#seq += 1;
    this.#added -= 1;
    this.#deleteRow(old);
    this.#deleteVectors(old.row);
    return true;
  }

  finish(): void {
    const { id, seq } = this.#collection;
    // Whoever would need these is told of what is missing instead.
    const forget = 'DELETE FROM removed_rows WHERE collection = ? AND seq <= ?';
    run(this.#db, forget, id, seq - REMEMBERED_CHANGES);
    const sql = 'UPDATE collections SET seq = ?, items = items + ? WHERE id = ?';
    run(this.#db, sql, this.#seq, this.#added, id);
  }

  #insertRow(item: Omit<NewItem, 'embedding'>, row: number): void {
    const { key, source, contentHash, facts, modified, metadata, thumbnail } = item;
    const { id } = this.#collection;
    run(
      this.#db,
      INSERT,
      ...[id, row, key, source, contentHash ?? null, facts?.format ?? null],
      ...[facts?.width ?? null, facts?.height ?? null, facts?.bytes ?? null],
      ...[modified ?? null, this.#now, JSON.stringify(metadata), Number(thumbnail !== undefined)],
    );
    this.#values.insert({ key, row }, metadata);
    if (thumbnail === undefined) return;
    const sql = 'INSERT INTO thumbnails (collection, key, image) VALUES (?, ?, ?)';
    run(this.#db, sql, id, key, thumbnail);
  }

  #deleteRow(old: ItemRow): void {
    const { id } = this.#collection;
    this.#values.delete(old, metadataOf(old));
    run(this.#db, 'DELETE FROM items WHERE collection = ? AND row = ?', id, old.row);
    if (old.has_thumbnail === 1) {
      run(this.#db, 'DELETE FROM thumbnails WHERE collection = ? AND key = ?', id, old.key);
    }
  }

  /** Under the number of the change that removes them. */
  #deleteVectors(row: number): void {
    const { id, set_id: set, next_set: next } = this.#collection;
    deleteVector(this.#db, set, row);
    if (next !== null) deleteVector(this.#db, next, row);
    const sql = 'INSERT INTO removed_rows (collection, seq, row) VALUES (?, ?, ?)';
    run(this.#db, sql, id, this.#seq, row);
  }
}

const areEqual = (a: Uint16Array, b: Uint16Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);
