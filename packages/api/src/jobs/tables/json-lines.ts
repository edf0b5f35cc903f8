import { grouped } from '../../errors/grouped.ts';
import {
  badTable,
  type Cell,
  MAX_COLUMNS,
  MAX_TEXT,
  type OpenTable,
  type TableRow,
} from './table.ts';

/** A table with an object in each line. @throws ApiError BAD_TABLE from its rows. */
export const openJsonLines = (chunks: AsyncIterable<string>): OpenTable => ({
  columns: undefined,
  rows: readRows(chunks),
  isText: false,
});

async function* readRows(chunks: AsyncIterable<string>): AsyncGenerator<TableRow> {
  let number = 0;
  for await (const line of lines(chunks)) {
    number += 1;
    if (line.trim() === '') continue;
    const place = `line ${grouped(number)}`;
    yield { place, cells: cellsOf(line, place) };
  }
}

async function* lines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop()!;
    yield* parts;
    if (rest.length > MAX_TEXT) {
      throw badTable(`lines of at most ${grouped(MAX_TEXT)} characters`, 'a longer one');
    }
  }
  yield rest;
}

function cellsOf(line: string, place: string): ReadonlyMap<string, Cell> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw badTable('a JSON object in each line', `something else in ${place}`, error);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw badTable('a JSON object in each line', `another value in ${place}`);
  }
  const entries = Object.entries(value);
  if (entries.length > MAX_COLUMNS) {
    throw badTable(`at most ${grouped(MAX_COLUMNS)} names in an object`, `more in ${place}`);
  }
  return new Map(entries.map(([name, one]) => [name, cellOf(one, name, place)]));
}

/** @throws ApiError BAD_TABLE for what no metadata can hold. */
export function cellOf(value: unknown, name: string, place: string): Cell {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  }
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  const expected = 'texts, numbers, booleans, dates or lists of texts';
  throw badTable(expected, `another value in ${place}: ${JSON.stringify(name.slice(0, 100))}`);
}
