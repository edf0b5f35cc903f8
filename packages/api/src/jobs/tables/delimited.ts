import { grouped } from '../../errors/grouped.ts';
import { badTable, MAX_COLUMNS, MAX_TEXT, type OpenTable, type TableRow } from './table.ts';

/** A row's cells, and the line that it begins in. */
interface Record {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * A table of delimited text whose first row names the columns. Commas: RFC 4180, where a cell in quotes
 * may hold any character. Tabs: quotes are characters like others, and no cell holds a tab or a line end,
 * as in the IANA's text/tab-separated-values.
 *
 * @param hasQuotes whether cells may be quoted; by default, if they are separated by commas. PostgreSQL quotes with tabs too.
 * @param names of the columns, where no row has them.
 * @throws ApiError BAD_TABLE, from the rows as well.
 */
export async function openDelimited(
  chunks: AsyncIterable<string>,
  delimiter: ',' | '\t',
  hasQuotes = delimiter === ',',
  names?: readonly string[],
): Promise<OpenTable> {
  const records = readRecords(chunks, new RecordParser(delimiter, hasQuotes));
  if (names !== undefined) {
    const expected = `a cell for ${names.map(show).join(', ')} alone in each row`;
    return { columns: names, rows: namedRows(records, names, expected), isText: true };
  }
  const { value: head } = await records.next();
  if (head === undefined) throw badTable('a first row with the names of columns', 'an empty file');
  const columns = (head as Record).cells.map((name) => name.trim());
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) throw badTable('columns of different names', `two of ${show(twice)}`);
  const expected = `${grouped(columns.length)} cells in each row, as in the first`;
  return { columns, rows: namedRows(records, columns, expected), isText: true };
}

async function* namedRows(
  records: AsyncIterable<Record>,
  columns: readonly string[],
  expected: string,
): AsyncGenerator<TableRow> {
  for await (const { line, cells } of records) {
    if (cells.length !== columns.length) {
      const got = `${grouped(cells.length)} in line ${grouped(line)}`;
      throw badTable(expected, got);
    }
    const named = columns.map((name, i) => [name, cells[i] === '' ? undefined : cells[i]] as const);
    yield { place: `line ${grouped(line)}`, cells: new Map(named) };
  }
}

async function* readRecords(
  chunks: AsyncIterable<string>,
  parser: RecordParser,
): AsyncGenerator<Record, undefined> {
  for await (const chunk of chunks) yield* parser.take(chunk);
  yield* parser.end();
  return undefined;
}

/** In a cell without quotes, in quotes, or after a quote in quotes, which may end them. */
type Place = 'start' | 'plain' | 'quoted' | 'after quote';

class RecordParser {
  readonly #delimiter: string;
  /** Finds what ends a cell, or quotes it. */
  readonly #special: RegExp;
  #record: Record | undefined;
  #place: Place = 'start';
  #cell = '';
  #cells: string[] = [];
  #line = 1;
  #began = 1;
  #isAfterReturn = false;

  constructor(delimiter: ',' | '\t', hasQuotes: boolean) {
    this.#delimiter = delimiter;
    this.#special = new RegExp(`[${delimiter}${hasQuotes ? '"' : ''}\\r\\n]`, 'g');
  }

  *take(chunk: string): Generator<Record> {
    for (let at = 0; at < chunk.length; ) {
      at = this.#place === 'quoted' ? this.#readQuoted(chunk, at) : this.#readPlain(chunk, at);
      yield* this.#takeRecord();
    }
  }

  *end(): Generator<Record> {
    if (this.#place === 'quoted') {
      throw badTable('quotes that end', `the file’s end in a cell of line ${grouped(this.#began)}`);
    }
    const isEmpty = this.#place === 'start' && this.#cells.length === 0;
    if (isEmpty) return;
    this.#endCell();
    this.#endRecord();
    yield* this.#takeRecord();
  }

  *#takeRecord(): Generator<Record> {
    const record = this.#record;
    this.#record = undefined;
    if (record !== undefined) yield record;
  }

  /** @returns where to go on. */
  #readQuoted(chunk: string, at: number): number {
    const quote = chunk.indexOf('"', at);
    const text = chunk.slice(at, quote === -1 ? undefined : quote);
    this.#line += text.split('\n').length - 1;
    this.#add(text);
    if (quote === -1) return chunk.length;
    this.#place = 'after quote';
    return quote + 1;
  }

  /** @returns where to go on. */
  #readPlain(chunk: string, at: number): number {
    this.#special.lastIndex = at;
    const end = this.#special.exec(chunk)?.index ?? chunk.length;
    if (end > at) this.#addPlain(chunk.slice(at, end));
    if (end === chunk.length) return end;
    if (chunk[end] === '"') this.#openQuotes();
    else this.#endAt(chunk[end]!);
    return end + 1;
  }

  #addPlain(text: string): void {
    if (this.#place === 'after quote') throw this.#stray('characters after its quotes');
    this.#place = 'plain';
    this.#isAfterReturn = false;
    this.#add(text);
  }

  #openQuotes(): void {
    if (this.#place === 'plain') throw this.#stray('a quote in the middle');
    // Two quotes in quotes are one.
    if (this.#place === 'after quote') this.#add('"');
    this.#place = 'quoted';
    this.#isAfterReturn = false;
  }

  #endAt(character: string): void {
    const isSecondHalf = character === '\n' && this.#isAfterReturn;
    this.#isAfterReturn = character === '\r';
    if (isSecondHalf) return;
    this.#endCell();
    if (character !== this.#delimiter) this.#endRecord();
  }

  #add(text: string): void {
    this.#cell += text;
    if (this.#cell.length > MAX_TEXT) {
      const got = `a longer one in line ${grouped(this.#began)}`;
      throw badTable(`cells of at most ${grouped(MAX_TEXT)} characters`, got);
    }
  }

  #endCell(): void {
    this.#cells.push(this.#cell);
    this.#cell = '';
    this.#place = 'start';
    if (this.#cells.length > MAX_COLUMNS) {
      const got = `more in line ${grouped(this.#began)}`;
      throw badTable(`at most ${grouped(MAX_COLUMNS)} columns`, got);
    }
  }

  #endRecord(): void {
    const record = { line: this.#began, cells: this.#cells };
    this.#cells = [];
    this.#line += 1;
    this.#began = this.#line;
    // An empty line is none, as editors leave one at the end.
    if (record.cells.length > 1 || record.cells[0] !== '') this.#record = record;
  }

  #stray(got: string) {
    const cell = `cell ${grouped(this.#cells.length + 1)} of line ${grouped(this.#line)}`;
    return badTable(`a cell whose quotes are around all of it`, `${got}: ${cell}`);
  }
}

const show = (name: string): string => JSON.stringify(name.slice(0, 100));
