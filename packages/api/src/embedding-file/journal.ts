import { readFile } from 'node:fs/promises';
import type { PublicError } from '../errors/public-error.ts';

/** What a run makes; two runs with equal headers write equal bytes. */
export interface RunHeader {
  /** The version of ClipQL. */
  readonly clipql: string;
  readonly model: string;
  /** SHA-256 of what the model makes of a fixed image, here and with these settings. */
  readonly computes: string;
  /** SHA-256 of the images' names, sizes and times of change. */
  readonly images: string;
  readonly normalized: boolean;
  /** N */
  readonly rows: number;
  /** E */
  readonly dimensions: number;
}

/** One row of the output. */
export interface RowEntry {
  /** From 0. */
  readonly row: number;
  /** From the images' folder on, with `/`. */
  readonly file: string;
  /** Why the row has no embedding. */
  readonly error?: PublicError;
}

export interface Journal {
  readonly header: RunHeader;
  /** Rows 0, 1, 2, … without a gap. */
  readonly entries: readonly RowEntry[];
  /** Bytes up to the end of each entry. */
  readonly ends: readonly number[];
  /** Bytes of the header's line. */
  readonly start: number;
}

/**
 * A journal as far as it is whole: a process or a machine that was stopped leaves a last line that is
 * cut or garbled, and what is behind that does not count.
 *
 * @returns undefined where there is no file, or no header in it.
 */
export async function readJournal(path: string): Promise<Journal | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  let header: RunHeader | undefined;
  let start = 0;
  const entries: RowEntry[] = [];
  const ends: number[] = [];
  for (let from = 0; ; ) {
    const end = bytes.indexOf('\n', from) + 1;
    if (end === 0) break;
    const value = parseLine(bytes.toString('utf8', from, end));
    if (header === undefined) {
      if (!isHeader(value)) break;
      header = value;
      start = end;
    } else {
      if (!isEntry(value, entries.length)) break;
      entries.push(value);
      ends.push(end);
    }
    from = end;
  }
  return header && { header, entries, ends, start };
}

export const journalLine = (value: RunHeader | RowEntry): string => `${JSON.stringify(value)}\n`;

/** The first field in which two runs differ. */
export function firstDifference(a: RunHeader, b: RunHeader): keyof RunHeader | undefined {
  const fields = Object.keys(a) as (keyof RunHeader)[];
  return fields.find((field) => a[field] !== b[field]);
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isHeader = (value: unknown): value is RunHeader =>
  isObject(value) && typeof value.computes === 'string' && typeof value.rows === 'number';

const isEntry = (value: unknown, row: number): value is RowEntry =>
  isObject(value) && value.row === row && typeof value.file === 'string';
