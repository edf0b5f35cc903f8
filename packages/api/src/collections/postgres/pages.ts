import type { RowSet } from '@clipql/core';
import { ApiError } from '../../errors/api-error.ts';
import { shownValue } from '../../errors/one-line.ts';
import type { Connection, Value } from '../../postgres/connection.ts';
import { numbersAsBytes } from '../../postgres/number-bytes.ts';
import { shownFields } from '../check-filter.ts';
import type { CollectionReference, FieldRow } from '../collection-row.ts';
import { type ItemRow, itemOf } from '../item-row.ts';
import { badCursor, decodeCursor, encodeCursor, type Position } from '../page-cursor.ts';
import type { Order, Page, PageQuery } from '../store.ts';
import { collectionRow, fieldsOf } from './catalogue.ts';
import { conditionOf } from './filter-sql.ts';
import { ITEM_COLUMNS } from './item-rows.ts';

/** A statement that grows with its parameters. */
class Query {
  readonly values: Value[] = [];

  bind(value: Value): string {
    return `$${this.values.push(value)}`;
  }
}

type Found = ItemRow & Pick<Position, 'value'>;

/** @throws as `CollectionStore.page` does. */
export async function readPage(
  connection: Connection,
  collection: CollectionReference,
  { where, rows, orderBy, first, after }: PageQuery,
): Promise<Page> {
  const { id } = await collectionRow(connection, collection);
  const fields = await fieldsOf(connection, id);
  const field = fieldOf(fields, orderBy);
  const start = after === undefined ? undefined : decodeCursor(after, orderBy, where);
  const query = new Query();
  const conditions = [`collection = ${query.bind(id)}`];
  if (where !== undefined) {
    const { sql, values } = conditionOf(where, fields, query.values.length);
    query.values.push(...values);
    conditions.push(sql);
  }
  if (rows !== undefined) conditions.push(isInSql(query, rows));
  if (start !== undefined && !isOfOrder(start, orderBy, field)) throw badCursor(after!);
  const order =
    field === undefined
      ? plainOrder(query, orderBy, start)
      : fieldOrder(query, field, orderBy, start);
  const found = await connection.rows<Found>(
    `SELECT ${ITEM_COLUMNS}, ${order.value} AS value FROM items
     WHERE ${[...conditions, ...order.conditions].join(' AND ')}
     ORDER BY ${order.by} LIMIT ${query.bind(first + 1)}`,
    ...query.values,
  );
  const items = found.slice(0, first).map((row) => ({
    item: itemOf(row),
    cursor: encodeCursor({ value: row.value, key: row.key }, orderBy, where),
  }));
  return { items, hasNext: found.length > first };
}

/** Whoever made a cursor may have made it up. */
function isOfOrder({ value }: Position, { by }: Order, field: FieldRow | undefined): boolean {
  if (by === 'indexedAt') return Number.isSafeInteger(value);
  if (field === undefined || value === null) return true;
  return typeof value === (field.type === 'TEXT' ? 'string' : 'number');
}

/** Bytes of a row's number in an array. */
const NUMBER_BYTES = 10;

/** The bit of a row, in bytes as `RowSet` has words; where numbers lie far apart, these take less. */
function isInSql(query: Query, rows: RowSet): string {
  const { words } = rows;
  if (words.byteLength > NUMBER_BYTES * rows.size) {
    return `row = ANY (${query.bind([...rows])}::integer[])`;
  }
  const bits = query.bind(numbersAsBytes(words));
  // `get_bit` refuses what is beyond the end.
  return `CASE WHEN row < 8 * length(${bits}::bytea) THEN get_bit(${bits}::bytea, row) = 1 ELSE false END`;
}

interface PageOrder {
  readonly value: string;
  readonly conditions: readonly string[];
  readonly by: string;
}

/** `left` of a key is what the index has. */
const KEY = ['left(key, 200)', 'key'] as const;

function plainOrder(
  query: Query,
  { by, descending }: Order,
  start: Position | undefined,
): PageOrder {
  const [compared, direction] = descending ? ['<', 'DESC'] : ['>', 'ASC'];
  const columns = by === 'indexedAt' ? ['indexed_at', ...KEY] : KEY;
  const value = by === 'indexedAt' ? 'indexed_at' : 'NULL';
  return {
    value,
    conditions:
      start === undefined
        ? []
        : [`(${columns.join(', ')}) ${compared} (${startOf(query, start, by === 'indexedAt')})`],
    by: columns.map((column) => `${column} ${direction}`).join(', '),
  };
}

function startOf(query: Query, { value, key }: Position, hasValue: boolean): string {
  const bound = query.bind(key);
  const parts = [`left(${bound}::text, 200)`, `${bound}::text`];
  return [...(hasValue ? [`${query.bind(value)}::bigint`] : []), ...parts].join(', ');
}

/** Items without a value come last, in the order of keys whatever the order of values is. */
function fieldOrder(
  query: Query,
  { id, type }: FieldRow,
  { descending }: Order,
  start: Position | undefined,
): PageOrder {
  const [compared, direction] = descending ? ['<', 'DESC'] : ['>', 'ASC'];
  const name = `${query.bind(String(id))}::text`;
  const [value, cast] =
    type === 'TEXT'
      ? [`(comparable ->> ${name}) COLLATE "C"`, 'text']
      : [`(comparable -> ${name})::float8`, 'float8'];
  const by = `(${value}) IS NULL, ${value} ${direction}, CASE WHEN (${value}) IS NULL THEN key END, key ${direction}`;
  if (start === undefined) return { value, conditions: [], by };
  const key = `${query.bind(start.key)}::text`;
  if (start.value === null)
    return { value, conditions: [`(${value}) IS NULL AND key > ${key}`], by };
  const after = `(${value}, key) ${compared} (${query.bind(start.value)}::${cast}, ${key})`;
  return { value, conditions: [`(${after} OR (${value}) IS NULL)`], by };
}

function fieldOf(fields: readonly FieldRow[], { by }: Order): FieldRow | undefined {
  if (typeof by === 'string') return undefined;
  const ordered = fields.filter(({ type }) => type !== 'TEXTS');
  const field = ordered.find(({ name }) => name === by.field);
  if (field !== undefined) return field;
  const known = new Map(ordered.map(({ name, type }) => [name, type]));
  const expected = `expected an order by one of the fields ${shownFields(known)}`;
  throw new ApiError('BAD_INPUT', `${expected}, got ${shownValue(by.field)}`);
}
