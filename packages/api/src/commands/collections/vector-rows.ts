import { openAsBlob } from 'node:fs';
import { access } from 'node:fs/promises';
import { extname, isAbsolute, join, resolve } from 'node:path';
import type { FieldType } from '../../collections/collection.ts';
import type { Metadata } from '../../collections/item.ts';
import { checkKey } from '../../collections/item-key.ts';
import { checkMetadata } from '../../collections/metadata.ts';
import { ApiError } from '../../errors/api-error.ts';
import { grouped } from '../../errors/grouped.ts';
import { imagesInFolder } from '../../images/image-folder.ts';
import { sourceName } from '../../images/source-name.ts';
import { isUrl } from '../../jobs/item-reader.ts';
import { openDelimited } from '../../jobs/tables/delimited.ts';
import { readTable } from '../../jobs/tables/read-table.ts';
import { badTable, type TableColumns, type TableFormat } from '../../jobs/tables/table.ts';
import { textChunks } from '../../jobs/tables/text-chunks.ts';

/** Which rows a file of vectors has. */
export interface VectorRowsOptions {
  /** A table with a row for each vector. */
  readonly file: string;
  /** Of keys; the first unless given. */
  readonly keyColumn: string | undefined;
  /** Of URLs, or of paths from the folder on. */
  readonly sourceColumn: string | undefined;
  readonly folder: string | undefined;
  /** Whether the first row names the columns. */
  readonly hasHeader: boolean;
}

/** What a vector is of. */
export interface VectorRow {
  readonly key: string;
  /** As it is kept: the key where nothing tells. */
  readonly source: string;
  /** A URL or path to read the image from, if there is one. */
  readonly address: string | undefined;
  readonly metadata: Metadata;
}

/** The table's rows in order, from the start each time. */
export type ReadRows = (
  fields: ReadonlyMap<string, FieldType>,
) => AsyncGenerator<readonly VectorRow[]>;

const FORMATS: Readonly<Record<string, TableFormat>> = {
  '.csv': 'CSV',
  '.tsv': 'TSV',
  '.txt': 'TSV',
  '.jsonl': 'JSONL',
  '.parquet': 'PARQUET',
};

/** @throws ApiError BAD_OPTION, BAD_TABLE; those of a folder that cannot be read. */
export async function openRows(options: VectorRowsOptions): Promise<ReadRows> {
  const { file, sourceColumn, hasHeader } = options;
  const format = FORMATS[extname(file).toLowerCase()];
  if (format === undefined) {
    const endings = Object.keys(FORMATS).join(', ');
    throw new ApiError('BAD_OPTION', `expected --keys with one of ${endings}, got ${file}`);
  }
  await access(file).catch((cause: Error) => {
    throw badTable(`a table of keys in ${file}`, cause.message, cause);
  });
  const isText = format === 'CSV' || format === 'TSV';
  if (!hasHeader && !isText) {
    throw new ApiError('BAD_OPTION', `expected --no-header with CSV or TSV, got it with ${file}`);
  }
  const first = isText && hasHeader ? await firstColumn(file, format) : 'key';
  const key = options.keyColumn ?? first;
  const columns: TableColumns = { key, source: sourceColumn ?? key };
  const locate = await locator(options);
  const request = { file, format, columns, ...(!hasHeader && { header: ['key'] }) };
  return async function* read(fields) {
    for await (const items of readTable({ ...request, fields })) {
      yield items.map(({ key, source, metadata = {} }) => ({ ...locate(key, source), metadata }));
    }
  };
}

async function firstColumn(file: string, format: TableFormat): Promise<string> {
  const chunks = textChunks(await openAsBlob(file));
  const { columns } = await openDelimited(chunks, format === 'CSV' ? ',' : '\t');
  return columns![0]!;
}

type Locate = (key: string, source: string) => Omit<VectorRow, 'metadata'>;

async function locator({ sourceColumn, folder }: VectorRowsOptions): Promise<Locate> {
  if (sourceColumn !== undefined) {
    return (key, source) => {
      const address = isUrl(source) ? source : resolve(folder ?? '.', source);
      return { key, address, source: sourceName(address) };
    };
  }
  if (folder === undefined) {
    return (key) => {
      const isAddress = isUrl(key) || isAbsolute(key);
      return { key, source: sourceName(key), address: isAddress ? key : undefined };
    };
  }
  const { files, failures } = await imagesInFolder(folder);
  if (files.length === 0) throw failures[0]!.error;
  return inFolder(resolve(folder), files);
}

/** By paths in the folder, which become keys as `clipql index` has them, or by names without an ending. */
function inFolder(folder: string, files: readonly string[]): Locate {
  const paths = new Set(files);
  const names = new Map(files.map((file) => [file.slice(0, -extname(file).length), file]));
  return (key) => {
    if (paths.has(key)) {
      const path = join(folder, key);
      return { key: path, source: path, address: path };
    }
    const file = names.get(key);
    const address = file && join(folder, file);
    return { key, source: address ?? key, address };
  };
}

/**
 * Reads all rows once, before anything is written.
 *
 * @param wanted numbers of rows that are returned.
 * @throws ApiError BAD_INPUT unless there are so many, each with a key of its own; BAD_METADATA, BAD_TABLE.
 */
export async function checkRows(
  rows: AsyncIterable<readonly VectorRow[]>,
  count: number,
  wanted: ReadonlySet<number>,
): Promise<ReadonlyMap<number, VectorRow>> {
  const keys = new Map<string, number>();
  const found = new Map<number, VectorRow>();
  let number = 0;
  for await (const batch of rows) {
    for (const row of batch) {
      checkKey(row.key, row.source);
      checkMetadata(row.key, row.metadata);
      const earlier = keys.get(row.key);
      if (earlier !== undefined) {
        const got = `${JSON.stringify(row.key)} in rows ${grouped(earlier)} and ${grouped(number)}`;
        throw new ApiError('BAD_INPUT', `expected a key of its own in each row, got ${got}`);
      }
      keys.set(row.key, number);
      if (wanted.has(number)) found.set(number, row);
      number += 1;
    }
  }
  if (number === count) return found;
  const hint = number === count - 1 ? ' (--no-header if the first row is one)' : '';
  throw new ApiError(
    'BAD_INPUT',
    `expected ${grouped(count)} keys, one for each vector, got ${grouped(number)}${hint}`,
  );
}
