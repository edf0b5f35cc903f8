import type { Connection } from '../../postgres/connection.ts';
import type { FieldType } from '../collection.ts';
import type { FieldRow } from '../collection-row.ts';
import { type ComparableValue, comparableValues, typeWith } from '../field-types.ts';
import type { Metadata, MetadataValue } from '../item.ts';
import { checkMetadata } from '../metadata.ts';
import { fieldsOf } from './catalogue.ts';

/** Values by the number of their field, as the column `comparable` has them. */
type Comparable = Record<string, ComparableValue | readonly ComparableValue[]>;

/** Where a text of a field is in lower case, for `contains`. */
export const foldedName = (field: number): string => `${field}~`;

/** The fields of a collection that is locked while a batch is written. */
export class FieldTable {
  readonly #connection: Connection;
  readonly #collection: number;
  readonly #fields: Map<string, FieldRow>;

  private constructor(connection: Connection, collection: number, fields: readonly FieldRow[]) {
    this.#connection = connection;
    this.#collection = collection;
    this.#fields = new Map(fields.map((field) => [field.name, field]));
  }

  static async of(connection: Connection, collection: number): Promise<FieldTable> {
    return new FieldTable(connection, collection, await fieldsOf(connection, collection));
  }

  /** Makes the fields that items need. @throws ApiError BAD_METADATA. */
  async admit(
    items: readonly { readonly key: string; readonly metadata: Metadata }[],
  ): Promise<void> {
    for (const { key, metadata } of items) {
      checkMetadata(key, metadata);
      for (const [name, value] of Object.entries(metadata)) await this.#admit(key, name, value);
    }
  }

  /** JSON for an item whose fields there are. */
  comparable(metadata: Metadata): string {
    const comparable: Comparable = {};
    for (const [name, value] of Object.entries(metadata)) {
      const { id, type } = this.#fields.get(name)!;
      const values = comparableValues(type, value);
      comparable[id] = type === 'TEXTS' ? values : values[0]!;
      if (type === 'TEXT') comparable[foldedName(id)] = String(value).toLowerCase();
    }
    return JSON.stringify(comparable);
  }

  async #admit(key: string, name: string, value: MetadataValue): Promise<void> {
    const field = this.#fields.get(name);
    const type = typeWith(key, name, value, field?.type, this.#fields.size);
    if (field === undefined) await this.#create(name, type);
    else if (type !== field.type) await this.#becomeText(field);
  }

  async #create(name: string, type: FieldType): Promise<void> {
    const sql = 'INSERT INTO fields (collection, name, type) VALUES ($1, $2, $3) RETURNING id';
    const row = await this.#connection.first<{ readonly id: number }>(
      ...([sql, this.#collection, name, type] as const),
    );
    this.#fields.set(name, { id: row!.id, name, type });
  }

  /** What looked like dates is compared as text from now on. */
  async #becomeText({ id, name }: FieldRow): Promise<void> {
    await this.#connection.run(
      `UPDATE items SET comparable = comparable || jsonb_build_object(
         $2::text, metadata::json ->> $4, $3::text, lower(metadata::json ->> $4))
       WHERE collection = $1 AND comparable ? $2`,
      ...[this.#collection, String(id), foldedName(id), name],
    );
    await this.#connection.run("UPDATE fields SET type = 'TEXT' WHERE id = $1", id);
    this.#fields.set(name, { id, name, type: 'TEXT' });
  }
}
