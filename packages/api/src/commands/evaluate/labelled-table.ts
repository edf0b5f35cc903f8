import { dirname, extname, isAbsolute, join } from 'node:path';
import { textOf } from '../../answers/evaluate/column-value.ts';
import { ApiError } from '../../errors/api-error.ts';
import { counted } from '../../errors/counted.ts';
import { readTable } from '../../jobs/tables/read-table.ts';
import type { TableFormat } from '../../jobs/tables/table.ts';
import { warn } from '../report.ts';
import { inOrder, type LabelledFile, type LabelledFiles } from './labelled-files.ts';

const FORMATS: Readonly<Record<string, TableFormat>> = {
  '.csv': 'CSV',
  '.tsv': 'TSV',
  '.jsonl': 'JSONL',
  '.parquet': 'PARQUET',
};

export interface TableChoice {
  /** Paths or URLs. */
  readonly path: string;
  readonly column: string;
  readonly by: readonly string[];
  /** Where paths begin. */
  readonly images: string | undefined;
}

/** The format of a table, by its ending; undefined for another file. */
const tableFormat = (file: string): TableFormat | undefined => FORMATS[extname(file).toLowerCase()];

/**
 * Pictures and their classes as columns of a table.
 *
 * @throws ApiError BAD_TABLE for one that cannot be read, or has no such columns; BAD_OPTION for another file.
 */
export async function readLabelledTable(file: string, choice: TableChoice): Promise<LabelledFiles> {
  const { path, column, by, images = dirname(file) } = choice;
  const format = tableFormat(file);
  if (format === undefined) {
    const endings = Object.keys(FORMATS).join(', ');
    throw new ApiError(
      'BAD_OPTION',
      `expected a folder, or a table that ends in ${endings}, got ${file}`,
    );
  }
  const metadata = [...new Set([column, ...by])].map((name) => ({
    column: name,
    type: 'TEXT' as const,
  }));
  const request = { file, format, columns: { source: path, metadata }, fields: new Map() };
  const files: LabelledFile[] = [];
  let unlabelled = 0;
  for await (const items of readTable(request)) {
    for (const { source, metadata } of items) {
      const value = textOf(metadata?.[column]);
      if (value === undefined) {
        unlabelled += 1;
        continue;
      }
      const isUrl = /^[a-z][a-z0-9+.-]+:/i.test(source);
      files.push({
        name: source,
        source: isUrl || isAbsolute(source) ? source : join(images, source),
        value,
        groups: by.map((name) => textOf(metadata?.[name])),
      });
    }
  }
  if (unlabelled > 0) {
    const rows = counted(unlabelled, 'row has', 'rows have');
    warn(`${rows} nothing in column ${column}, and so no class`);
  }
  return { files, values: inOrder(files.map(({ value }) => value)) };
}
