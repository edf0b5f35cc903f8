import type { FieldType } from '../../collections/collection.ts';
import type { MetadataValue } from '../../collections/item.ts';
import { ApiError } from '../../errors/api-error.ts';

export type TableFormat = 'CSV' | 'TSV' | 'JSONL' | 'PARQUET';

/** A column that becomes a field of the metadata. */
export interface MetadataColumn {
  readonly column: string;
  /** The field's name; the column's unless given. */
  readonly field?: string;
  /**
   * In CSV and TSV: what its texts are; TEXTS are several in one, with semicolons between them. Found
   * from the first rows unless given.
   */
  readonly type?: FieldType;
}

/** What a table's columns are. */
export interface TableColumns {
  /** URLs or paths. */
  readonly source: string;
  /** Keys; the URLs or paths unless given. */
  readonly key?: string;
  /** All other columns unless given. */
  readonly metadata?: readonly MetadataColumn[];
}

/** A value as the file has it; texts alone in CSV and TSV. Undefined for none. */
export type Cell = MetadataValue | undefined;

/** A table whose rows come in order. */
export interface OpenTable {
  /** Undefined where each row has names of its own. */
  readonly columns: readonly string[] | undefined;
  /** By the names of columns, each with its number in the file, for messages. */
  readonly rows: AsyncIterable<TableRow>;
  /** Whether texts may stand for numbers. */
  readonly isText: boolean;
}

export interface TableRow {
  /** Where it begins, for messages: `line 12` or `row 11`. */
  readonly place: string;
  readonly cells: ReadonlyMap<string, Cell>;
}

/** No table of pictures has more; a file that does is another's, or made to be a burden. */
export const MAX_COLUMNS = 1_000;
export const MAX_ROWS = 10_000_000;
/** Characters of a cell, or of a line of JSON. */
export const MAX_TEXT = 1_000_000;

export const badTable = (expected: string, got: string, cause?: unknown): ApiError =>
  new ApiError('BAD_TABLE', `expected ${expected}, got ${got}`, { cause });
