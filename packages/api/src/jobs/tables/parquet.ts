import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import {
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  snappyUncompress,
} from 'hyparquet';
import { ApiError } from '../../errors/api-error.ts';
import { grouped } from '../../errors/grouped.ts';
import { cellOf } from './json-lines.ts';
import { badTable, MAX_COLUMNS, MAX_ROWS, type OpenTable, type TableRow } from './table.ts';

/** Of a page, unpacked: writers make pages of about 1 MiB. */
const MAX_PAGE_BYTES = 64 * 2 ** 20;
/** Of a column in a group of rows, unpacked, as the file says. */
const MAX_CHUNK_BYTES = 256 * 2 ** 20;
/** Rows that are read at a time. */
const SLICE = 50_000;

type Unpack = (input: Uint8Array, size: number) => Uint8Array;

/** A page is unpacked to the size that it claims, and claims no more than it may. */
const bounded =
  (unpack: Unpack): Unpack =>
  (input, size) => {
    if (size > MAX_PAGE_BYTES) {
      const got = `one of ${grouped(size)}`;
      throw badTable(`pages of at most ${grouped(MAX_PAGE_BYTES)} bytes`, got);
    }
    return unpack(input, size);
  };

const COMPRESSORS: Compressors = {
  GZIP: bounded((input, size) => gunzipSync(input, { maxOutputLength: Math.max(size, 1) })),
  BROTLI: bounded((input, size) =>
    brotliDecompressSync(input, { maxOutputLength: Math.max(size, 1) }),
  ),
  ZSTD: bounded((input, size) => zstdDecompressSync(input, { maxOutputLength: Math.max(size, 1) })),
  SNAPPY: bounded((input, size) => {
    const page = new Uint8Array(size);
    snappyUncompress(input, page);
    return page;
  }),
};

/**
 * A table in Apache Parquet. To be read in a thread of its own: a file can be made to take any time and
 * memory.
 *
 * @param wanted the columns to read; all unless given.
 * @throws ApiError BAD_TABLE, from the rows as well.
 */
export async function openParquet(
  file: Blob,
  wanted: readonly string[] | undefined,
): Promise<OpenTable> {
  const buffer = {
    byteLength: file.size,
    slice: (start: number, end?: number) => file.slice(start, end).arrayBuffer(),
  };
  const metadata = await reading(() => parquetMetadataAsync(buffer));
  const columns = await reading(async () =>
    parquetSchema(metadata).children.map(({ element }) => element.name),
  );
  if (columns.length > MAX_COLUMNS) {
    const got = grouped(columns.length);
    throw badTable(`at most ${grouped(MAX_COLUMNS)} columns`, got);
  }
  const total = Number(metadata.num_rows);
  if (total > MAX_ROWS) throw badTable(`at most ${grouped(MAX_ROWS)} rows`, grouped(total));
  const read = wanted?.filter((name) => columns.includes(name)) ?? columns;
  checkChunks(metadata, read);
  return { columns, rows: readRows(buffer, metadata, read), isText: false };
}

async function* readRows(
  file: Parameters<typeof parquetReadObjects>[0]['file'],
  metadata: FileMetaData,
  columns: readonly string[],
): AsyncGenerator<TableRow> {
  let start = 0;
  for (const group of metadata.row_groups) {
    const end = start + Number(group.num_rows);
    for (let rowStart = start; rowStart < end; rowStart += SLICE) {
      const rowEnd = Math.min(end, rowStart + SLICE);
      const options = { file, metadata, columns: [...columns], rowStart, rowEnd };
      const rows = await reading(() =>
        parquetReadObjects({ ...options, compressors: COMPRESSORS }),
      );
      for (const [i, row] of rows.entries()) {
        const place = `row ${grouped(rowStart + i + 1)}`;
        const cells = columns.map((name) => [name, cellOf(row[name], name, place)] as const);
        yield { place, cells: new Map(cells) };
      }
    }
    start = end;
  }
}

function checkChunks({ row_groups }: FileMetaData, columns: readonly string[]): void {
  for (const { meta_data: chunk } of row_groups.flatMap((group) => group.columns)) {
    if (chunk === undefined || !columns.includes(chunk.path_in_schema[0]!)) continue;
    const size = Number(chunk.total_uncompressed_size);
    if (size <= MAX_CHUNK_BYTES) continue;
    const got = `${grouped(size)} in ${JSON.stringify(chunk.path_in_schema.join('.'))}`;
    throw badTable(`columns of at most ${grouped(MAX_CHUNK_BYTES)} bytes in a row group`, got);
  }
}

/** @throws ApiError BAD_TABLE for what the library finds wrong. */
async function reading<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ApiError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw badTable('a Parquet file', `one that cannot be read: ${reason}`, error);
  }
}
