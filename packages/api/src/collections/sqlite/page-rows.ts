import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { ApiError } from '../../errors/api-error.ts';
import { shownValue } from '../../errors/one-line.ts';
import { statement } from '../../sqlite/statements.ts';
import { shownFields } from '../check-filter.ts';
import type { CollectionReference, FieldRow } from '../collection-row.ts';
import type { Filter } from '../filter.ts';
import { itemOf } from '../item-row.ts';
import { decodeCursor, encodeCursor, type Position } from '../page-cursor.ts';
import type { Order, Page } from '../store.ts';
import { collectionRow, fieldsOf } from './catalogue.ts';
import { itemOfKey } from './item-rows.ts';
import { RowBits } from './row-bits.ts';
import { rowsWithField, selectRows } from './select-rows.ts';

interface PageInput {
  readonly collection: CollectionReference;
  readonly where: Filter | undefined;
  /** Words of bits. */
  readonly rows: Uint32Array | undefined;
  readonly orderBy: Order;
  readonly first: number;
  readonly after: string | undefined;
}

/** Walks an index from the cursor on, and takes the rows that pass. */
export function readPage(db: DatabaseSync, input: PageInput): Page {
  const { collection, where, orderBy, first, after } = input;
  const { id, seq } = collectionRow(db, collection);
  const field = fieldOf(db, id, orderBy);
  const start = after === undefined ? undefined : decodeCursor(after, orderBy, where);
  const sets = [input.rows, where && selectRows(db, { collection, filter: where })];
  const passes = (row: number) => sets.every((words) => words === undefined || isIn(words, row));
  const found: Place[] = [];
  for (const place of places(db, { id, seq, field, orderBy, start })) {
    if (!passes(place.row)) continue;
    if (found.length === first) return pageOf(db, id, input, found, true);
    found.push(place);
  }
  return pageOf(db, id, input, found, false);
}

/** An item on its way through an order. */
interface Place extends Position {
  readonly row: number;
}

const isIn = (words: Uint32Array, row: number): boolean =>
  ((words[row >>> 5] ?? 0) & (1 << (row & 31))) !== 0;

function pageOf(
  db: DatabaseSync,
  collection: number,
  { orderBy, where }: PageInput,
  places: readonly Place[],
  hasNext: boolean,
): Page {
  const items = places.map((place) => ({
    item: itemOf(itemOfKey(db, collection, place.key)!),
    cursor: encodeCursor(place, orderBy, where),
  }));
  return { items, hasNext };
}

function fieldOf(db: DatabaseSync, collection: number, { by }: Order): FieldRow | undefined {
  if (typeof by === 'string') return undefined;
  const fields = fieldsOf(db, collection);
  const field = fields.find(({ name, type }) => name === by.field && type !== 'TEXTS');
  if (field !== undefined) return field;
  const known = new Map(
    fields.filter(({ type }) => type !== 'TEXTS').map(({ name, type }) => [name, type]),
  );
  const expected = `expected an order by one of the fields ${shownFields(known)}`;
  throw new ApiError('BAD_INPUT', `${expected}, got ${shownValue(by.field)}`);
}

interface Walk {
  readonly id: number;
  readonly seq: number;
  readonly field: FieldRow | undefined;
  readonly orderBy: Order;
  readonly start: Position | undefined;
}

function* places(db: DatabaseSync, walk: Walk): Iterable<Place> {
  const { id, field, orderBy, start } = walk;
  if (orderBy.by === 'indexedAt') {
    const columns = { table: 'items', of: 'collection', value: 'indexed_at' } as const;
    return yield* inOrder(db, columns, id, orderBy.descending, start);
  }
  if (field === undefined) return yield* byKey(db, walk, start?.key);
  if (start?.value !== null) {
    const columns = { table: 'metadata_values', of: 'field', value: 'value' } as const;
    yield* inOrder(db, columns, field.id, orderBy.descending, start);
  }
  const having = rowsWithField(db, field.id, new RowBits(walk.seq));
  const from = start?.value === null ? start.key : undefined;
  for (const place of byKey(db, walk, from)) if (!having.has(place.row)) yield place;
}

function* byKey(db: DatabaseSync, { id, orderBy, field }: Walk, after?: string): Iterable<Place> {
  // Those without a value are in the order of keys, whatever the order of values is.
  const descending = field === undefined && orderBy.descending;
  const [compared, direction] = descending ? ['<', 'DESC'] : ['>', 'ASC'];
  const from = after === undefined ? '' : `AND key ${compared} ?`;
  const sql = `SELECT key, row FROM items WHERE collection = ? ${from} ORDER BY key ${direction}`;
  const values: SQLInputValue[] = after === undefined ? [id] : [id, after];
  for (const row of statement(db, sql).iterate(...values)) {
    const { key, row: number } = row as { readonly key: string; readonly row: number };
    yield { value: null, key, row: number };
  }
}

/** An index of values and keys, from `start` on. */
type Columns =
  | { readonly table: 'items'; readonly of: 'collection'; readonly value: 'indexed_at' }
  | { readonly table: 'metadata_values'; readonly of: 'field'; readonly value: 'value' };

function* inOrder(
  db: DatabaseSync,
  { table, of, value }: Columns,
  id: number,
  descending: boolean,
  start: Position | undefined,
): Iterable<Place> {
  const [compared, direction] = descending ? ['<', 'DESC'] : ['>', 'ASC'];
  const from = start === undefined ? '' : `AND (${value}, key) ${compared} (?, ?)`;
  const sql = `
    SELECT ${value} AS value, key, row FROM ${table} WHERE ${of} = ? ${from}
    ORDER BY ${value} ${direction}, key ${direction}`;
  const values: SQLInputValue[] = start === undefined ? [id] : [id, start.value, start.key];
  yield* statement(db, sql).iterate(...values) as unknown as Iterable<Place>;
}
