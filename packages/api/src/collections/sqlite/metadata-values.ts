import type { DatabaseSync } from 'node:sqlite';
import { all, first, run } from '../../sqlite/statements.ts';
import type { FieldType } from '../collection.ts';
import type { FieldRow } from '../collection-row.ts';
import { comparableValues, typeWith } from '../field-types.ts';
import type { Metadata, MetadataValue } from '../item.ts';
import { checkMetadata } from '../metadata.ts';
import { fieldsOf } from './catalogue.ts';

/** Where an item's values stand. */
interface ItemPlace {
  readonly key: string;
  readonly row: number;
}

const INSERT = 'INSERT OR IGNORE INTO metadata_values (field, value, key, row) VALUES (?, ?, ?, ?)';
const DELETE = 'DELETE FROM metadata_values WHERE field = ? AND value = ? AND key = ? AND row = ?';

/** The fields of a collection while a batch is written. */
export class MetadataWriter {
  readonly #db: DatabaseSync;
  readonly #collection: number;
  readonly #fields: Map<string, FieldRow>;

  constructor(db: DatabaseSync, collection: number) {
    this.#db = db;
    this.#collection = collection;
    this.#fields = new Map(fieldsOf(db, collection).map((field) => [field.name, field]));
  }

  /** @throws ApiError BAD_METADATA. */
  insert({ key, row }: ItemPlace, metadata: Metadata): void {
    checkMetadata(key, metadata);
    for (const [name, value] of Object.entries(metadata)) {
      const { id, type } = this.#fieldFor(key, name, value);
      for (const one of comparableValues(type, value)) {
        run(this.#db, INSERT, id, one, type === 'TEXTS' ? '' : key, row);
      }
    }
  }

  delete({ key, row }: ItemPlace, metadata: Metadata): void {
    for (const [name, value] of Object.entries(metadata)) {
      const { id, type } = this.#fields.get(name)!;
      for (const one of comparableValues(type, value)) {
        run(this.#db, DELETE, id, one, type === 'TEXTS' ? '' : key, row);
      }
    }
  }

  #fieldFor(key: string, name: string, value: MetadataValue): FieldRow {
    const field = this.#fields.get(name);
    const type = typeWith(key, name, value, field?.type, this.#fields.size);
    if (field === undefined) return this.#create(name, type);
    return type === field.type ? field : this.#becomeText(field);
  }

  #create(name: string, type: FieldType): FieldRow {
    const sql = 'INSERT INTO fields (collection, name, type) VALUES (?, ?, ?) RETURNING id';
    const { id } = first<{ readonly id: number }>(this.#db, sql, this.#collection, name, type)!;
    return this.#set({ id, name, type });
  }

  /** What looked like dates is compared as text from now on. */
  #becomeText({ id, name }: FieldRow): FieldRow {
    const sql = `
      SELECT key, row, metadata FROM items
      WHERE collection = ? AND row IN (SELECT row FROM metadata_values WHERE field = ?)`;
    interface Found extends ItemPlace {
      readonly metadata: string;
    }
    const found = all<Found>(this.#db, sql, this.#collection, id);
    run(this.#db, 'DELETE FROM metadata_values WHERE field = ?', id);
    for (const { key, row, metadata } of found) {
      run(this.#db, INSERT, id, JSON.parse(metadata)[name], key, row);
    }
    run(this.#db, "UPDATE fields SET type = 'TEXT' WHERE id = ?", id);
    return this.#set({ id, name, type: 'TEXT' });
  }

  #set(field: FieldRow): FieldRow {
    this.#fields.set(field.name, field);
    return field;
  }
}
