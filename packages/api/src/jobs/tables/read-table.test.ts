import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { FieldType } from '../../collections/collection.ts';
import type { NewJobItem } from '../job.ts';
import { itemBatches } from './item-batches.ts';
import { readTable, type TableRequest } from './read-table.ts';
import type { TableColumns, TableFormat } from './table.ts';

const COLUMNS: TableColumns = { source: 'url' };

async function read(
  content: string | Uint8Array | ArrayBuffer,
  format: TableFormat = 'CSV',
  columns: TableColumns = COLUMNS,
  fields: ReadonlyMap<string, FieldType> = new Map(),
): Promise<readonly NewJobItem[]> {
  return itemsIn({ file: new Blob([content as BlobPart]), format, columns, fields });
}

async function itemsIn(request: TableRequest): Promise<readonly NewJobItem[]> {
  const items: NewJobItem[] = [];
  for await (const batch of readTable(request)) items.push(...batch);
  return items;
}

const failure = (table: Promise<unknown>) => table.catch((error: unknown) => error);
const badTable = (message: RegExp) =>
  expect.objectContaining({ code: 'BAD_TABLE', message: expect.stringMatching(message) });

test('a table has no more text than may wait on the disk, however large its file is', async () => {
  async function* items(count: number): AsyncGenerator<NewJobItem> {
    const metadata = { text: 'x'.repeat(900_000) };
    for (let i = 0; i < count; i++) yield { key: `${i}`, source: 'url', metadata };
  }
  const count = async (rows: number) => {
    let found = 0;
    for await (const batch of itemBatches(items(rows), 2 ** 40)) found += batch.length;
    return found;
  };
  expect(await count(590)).toBe(590);
  expect(await failure(count(600))).toEqual(
    badTable(/at most 536,870,912 characters in a file of 1,099,511,627,776 bytes, got more/),
  );
});

describe('delimited text', () => {
  test('quotes hold commas, quotes and line ends; numbers and booleans are found, and empty cells are none', async () => {
    const items = await read(
      '\ufeffurl,title,year,open,code\r\n' +
        'http://a/1.jpg,"Sheep, on a\n""hill""",2019,true,007\r\n' +
        'http://a/2.jpg,,-2.5e3,False,42\r\n\r\n',
    );
    expect(items).toEqual([
      {
        key: 'http://a/1.jpg',
        source: 'http://a/1.jpg',
        metadata: { title: 'Sheep, on a\n"hill"', year: 2019, open: true, code: '007' },
      },
      {
        key: 'http://a/2.jpg',
        source: 'http://a/2.jpg',
        metadata: { year: -2500, open: false, code: '42' },
      },
    ]);
  });

  test('tabs part cells in which quotes are characters like others', async () => {
    const columns = {
      source: 'photo_url',
      key: 'photo_id',
      metadata: [{ column: 'tags', field: 'keywords', type: 'TEXTS' }],
    } as const;
    const text = 'photo_id\tphoto_url\ttags\tnote\nx1\thttp://a/1\tsea; 5" nail\tleft out\n';
    expect(await read(text, 'TSV', columns)).toEqual([
      { key: 'x1', source: 'http://a/1', metadata: { keywords: ['sea', '5" nail'] } },
    ]);
  });

  test('a column has the type that the collection’s field has', async () => {
    const fields = new Map([['zip', 'TEXT']] as const);
    const [item] = await read('url,zip\na,1234\n', 'CSV', COLUMNS, fields);
    expect(item!.metadata).toEqual({ zip: '1234' });
  });

  test('every character is the same wherever the file is cut into chunks', async () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => `http://a/${i},"ä ""${i}"",\r\nß"`);
    const folder = await mkdtemp(join(tmpdir(), 'clipql-table-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, 'table.csv');
    await writeFile(path, `url,text\r\n${rows.join('\r\n')}`);
    const fields = new Map();
    const items = await itemsIn({ file: path, format: 'CSV', columns: COLUMNS, fields });
    expect(items).toHaveLength(3_000);
    expect(items[2_999]!.metadata).toEqual({ text: 'ä "2999",\r\nß' });
  });

  test.each([
    ['nothing', '', /a first row with the names of columns, got an empty file/],
    ['a ragged row', 'url,a\nx,1\ny\n', /2 cells in each row, as in the first, got 1 in line 3/],
    ['no such column', 'link,a\nx,1\n', /a column "url", got "link", "a"/],
    ['a column twice', 'url,a,a\nx,1,2\n', /different names, got two of "a"/],
    ['a quote in the middle', 'url\nx"y"\n', /a quote in the middle: cell 1 of line 2/],
    ['text after quotes', 'url\n"x"y\n', /characters after its quotes: cell 1 of line 2/],
    ['quotes without an end', 'url\n"x\ny\n', /in a cell of line 2/],
    ['a row without a URL', 'url,a\nx,1\n,2\n', /column "url" of each row, got none in line 3/],
    ['a million columns', `url${',a'.repeat(1_000_000)}\n`, /at most 1,000 columns, got more/],
    ['a cell without an end', `url\n${'x'.repeat(1_000_001)}`, /at most 1,000,000 characters/],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x75, 0]), /text in UTF-8, got text in UTF-16/],
    ['bytes that are no text', new Uint8Array([0x75, 0xff]), /text in UTF-8, got bytes/],
  ])('%s is one clear error', async (_what, content, message) => {
    expect(await failure(read(content))).toEqual(badTable(message));
  });

  test('a value of another type than the rows before is named with its line', async () => {
    const rows = Array.from({ length: 1_000 }, (_, i) => `x${i},${i}`);
    const text = `url,year\n${rows.join('\n')}\nlast,unknown\n`;
    expect(await failure(read(text))).toEqual(
      badTable(/a NUMBER in column "year".*got "unknown" in line 1,002/),
    );
  });
});

describe('lines of JSON', () => {
  test('values are as they are', async () => {
    const text = '{"url":"a","n":1,"__proto__":"p"}\n\n{"url":"b","tags":["x","y"],"no":null}';
    const [first, second] = await read(text, 'JSONL');
    expect(Object.entries(first!.metadata!)).toEqual([
      ['n', 1],
      ['__proto__', 'p'],
    ]);
    expect(second!.metadata).toEqual({ tags: ['x', 'y'] });
  });

  test.each([
    ['no JSON', '{"url":"a"}\nhello\n', /a JSON object in each line, got something else in line 2/],
    ['an array', '[1]', /another value in line 1/],
    ['an object within', '{"url":"a","x":{}}', /another value in line 1: "x"/],
    ['no URL', '{"x":1}', /column "url" of each row, got none in line 1/],
    ['an endless line', `{"url":"${'x'.repeat(1_200_000)}`, /lines of at most 1,000,000/],
  ])('%s is one clear error', async (_what, text, message) => {
    expect(await failure(read(text, 'JSONL'))).toEqual(badTable(message));
  });
});

describe('Parquet', () => {
  const urls = ['http://a/1', 'http://a/2'];
  const column = { name: 'url', data: urls, type: 'STRING' } as const;
  /** The same text in all rows of these columns: the file has it once for each. */
  const repeated = (names: readonly string[], text: string, rows: number) =>
    parquetWriteBuffer({
      columnData: [
        { ...column, data: Array.from({ length: rows }, (_, i) => `http://a/${i}`) },
        ...names.map((name) => ({ ...column, name, data: Array(rows).fill(text) })),
      ],
      codec: 'GZIP',
      compressors: { GZIP: (bytes: Uint8Array) => gzipSync(bytes) },
    });

  test('columns are read by their types, and lists of texts are TEXTS', async () => {
    const file = parquetWriteBuffer({
      columnData: [
        column,
        { name: 'year', data: [2019n, 2020n], type: 'INT64' },
        { name: 'taken', data: [new Date(0), new Date(1)], type: 'TIMESTAMP' },
        { name: 'score', data: [0.5, null], type: 'DOUBLE' },
      ],
    });
    expect(await read(file, 'PARQUET')).toEqual([
      {
        key: urls[0],
        source: urls[0],
        metadata: { year: 2019, taken: '1970-01-01T00:00:00.000Z', score: 0.5 },
      },
      {
        key: urls[1],
        source: urls[1],
        metadata: { year: 2020, taken: '1970-01-01T00:00:00.001Z' },
      },
    ]);
  });

  test.each([
    ['what is no Parquet', new Uint8Array(100), /a Parquet file, got one that cannot be read/],
    [
      'a file cut short',
      parquetWriteBuffer({ columnData: [column] }).slice(0, 60),
      /a Parquet file/,
    ],
    [
      'a page that unpacks to more than it says',
      parquetWriteBuffer({
        columnData: [column],
        codec: 'GZIP',
        compressors: { GZIP: () => gzipSync(Buffer.alloc(300_000_000)) },
      }),
      /a Parquet file, got one that cannot be read/,
    ],
    [
      'a page that says that it is huge',
      parquetWriteBuffer({
        columnData: [{ ...column, data: ['x'.repeat(70_000_000)] }],
        codec: 'GZIP',
        compressors: { GZIP: (bytes: Uint8Array) => gzipSync(bytes) },
      }),
      /pages of at most 67,108,864 bytes, got one of 7/,
    ],
    [
      'one long text that stands for those of many rows',
      repeated(['a'], 'x'.repeat(900_000), 100),
      /at most 67,\d{3},\d{3} characters in a file of \d,\d{3} bytes, got more/,
    ],
    [
      'a row of many long texts',
      repeated(['a', 'b', 'c'], 'x'.repeat(900_000), 1),
      /rows of at most 1,000,000 characters, got 2,700,\d{3} with the key "http/,
    ],
    [
      'too many columns',
      parquetWriteBuffer({
        columnData: Array.from({ length: 1_001 }, (_, i) => ({ ...column, name: `c${i}` })),
      }),
      /at most 1,000 columns, got 1,001/,
    ],
  ])('%s is one clear error', async (_what, file, message) => {
    expect(await failure(read(file, 'PARQUET'))).toEqual(badTable(message));
  });
});
