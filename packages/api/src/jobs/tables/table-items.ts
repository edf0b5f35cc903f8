import type { FieldType } from '../../collections/collection.ts';
import type { MetadataValue } from '../../collections/item.ts';
import { grouped } from '../../errors/grouped.ts';
import type { NewJobItem } from '../job.ts';
import {
  badTable,
  type Cell,
  MAX_ROWS,
  type MetadataColumn,
  type OpenTable,
  type TableColumns,
  type TableRow,
} from './table.ts';

/** Rows by which it is found what a column's texts are. */
const SAMPLE = 1_000;

/**
 * The items that a table's rows are.
 *
 * @param fields of the collection: a column of the same name has their types.
 * @throws ApiError BAD_TABLE, which names the row and the column.
 */
export async function* tableItems(
  { columns: names, rows, isText }: OpenTable,
  columns: TableColumns,
  fields: ReadonlyMap<string, FieldType>,
): AsyncGenerator<NewJobItem> {
  if (names !== undefined) checkColumns(columns, names);
  let count = 0;
  const toItem = (row: TableRow, types: Types | undefined): NewJobItem => {
    count += 1;
    if (count > MAX_ROWS) throw badTable(`at most ${grouped(MAX_ROWS)} rows`, 'more');
    return itemOf(row, columns, types);
  };
  if (!isText) {
    for await (const row of rows) yield toItem(row, undefined);
    return;
  }
  let sample: TableRow[] = [];
  let types: Types | undefined;
  for await (const row of rows) {
    if (types !== undefined) {
      yield toItem(row, types);
    } else if (sample.push(row) === SAMPLE) {
      types = typesOf(sample, columns, fields);
      for (const one of sample) yield toItem(one, types);
      sample = [];
    }
  }
  types ??= typesOf(sample, columns, fields);
  for (const one of sample) yield toItem(one, types);
}

/** By column. */
type Types = ReadonlyMap<string, FieldType>;

function checkColumns(columns: TableColumns, names: readonly string[]): void {
  const { source, key, metadata = [] } = columns;
  const wanted = [
    source,
    ...(key === undefined ? [] : [key]),
    ...metadata.map((one) => one.column),
  ];
  const missing = wanted.find((name) => !names.includes(name));
  if (missing === undefined) return;
  const shown = names.slice(0, 20).map((name) => show(name));
  const others = names.length > 20 ? `, and ${names.length - 20} more` : '';
  throw badTable(`a column ${show(missing)}`, `${shown.join(', ')}${others}`);
}

function metadataColumns(
  { source, key, metadata }: TableColumns,
  { cells }: TableRow,
): readonly MetadataColumn[] {
  if (metadata !== undefined) return metadata;
  const others = [...cells.keys()].filter((name) => name !== source && name !== key);
  return others.map((column) => ({ column }));
}

function itemOf(row: TableRow, columns: TableColumns, types: Types | undefined): NewJobItem {
  const source = textIn(row, columns.source);
  const key = columns.key === undefined ? source : textIn(row, columns.key);
  const metadata: [string, MetadataValue][] = [];
  for (const { column, field = column } of metadataColumns(columns, row)) {
    const cell = row.cells.get(column);
    if (cell === undefined) continue;
    const type = types?.get(column);
    metadata.push([field, type === undefined ? cell : typed(String(cell), type, column, row)]);
  }
  return { key, source, metadata: Object.fromEntries(metadata) };
}

function textIn({ cells, place }: TableRow, column: string): string {
  const cell = cells.get(column);
  const text = typeof cell === 'number' ? String(cell) : cell;
  if (typeof text === 'string' && text.trim() !== '') return text;
  const got = cell === undefined || text === '' ? 'none' : 'another value';
  throw badTable(`a text in column ${show(column)} of each row`, `${got} in ${place}`);
}

function typesOf(
  rows: readonly TableRow[],
  columns: TableColumns,
  fields: ReadonlyMap<string, FieldType>,
): Types {
  const [first] = rows;
  if (first === undefined) return new Map();
  return new Map(
    metadataColumns(columns, first).map(({ column, field = column, type }) => {
      const known = type ?? fields.get(field);
      return [column, known ?? typeOf(rows.map(({ cells }) => cells.get(column)))] as const;
    }),
  );
}

/** A whole number with a zero before it is a code, not a number. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

/** Whether a text is a date, the collection finds out. */
function typeOf(cells: readonly Cell[]): FieldType {
  const texts = cells.filter((cell) => cell !== undefined).map(String);
  if (texts.length === 0) return 'TEXT';
  if (texts.every((text) => NUMBER.test(text))) return 'NUMBER';
  return texts.every((text) => BOOLEANS.has(text.toLowerCase())) ? 'BOOLEAN' : 'TEXT';
}

function typed(text: string, type: FieldType, column: string, { place }: TableRow): MetadataValue {
  if (type === 'TEXTS') {
    return text
      .split(';')
      .map((one) => one.trim())
      .filter((one) => one !== '');
  }
  if (type === 'TEXT' || type === 'DATE') return text;
  const value = type === 'NUMBER' ? Number(text) : BOOLEANS.get(text.toLowerCase());
  if (value !== undefined && (typeof value === 'boolean' || Number.isFinite(value))) return value;
  const expected = `a ${type} in column ${show(column)}, as in the rows before (or its type as TEXT)`;
  throw badTable(expected, `${show(text)} in ${place}`);
}

const show = (text: string): string => JSON.stringify(text.slice(0, 100));
