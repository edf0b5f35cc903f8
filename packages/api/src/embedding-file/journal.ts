import { readFile } from 'node:fs/promises';
import type { PublicError } from '../errors/public-error.ts';
import { ifThere } from '../files/if-there.ts';
import type { FileVersion } from './file-version.ts';

/** What makes embeddings; two runs with equal headers make equal ones of equal files. */
export interface RunHeader {
  /** The version of ClipQL. */
  readonly clipql: string;
  readonly model: string;
  /** SHA-256 of what the model makes of a fixed image, here and with these settings. */
  readonly computes: string;
  readonly normalized: boolean;
  /** E */
  readonly dimensions: number;
}

/** What came of one file. */
export interface Entry extends FileVersion {
  /** Why it has no embedding. */
  readonly error?: PublicError;
}

/** The header of a run in its first line, then the entries of a batch in each. */
export interface Journal {
  readonly header: RunHeader;
  readonly batches: readonly (readonly Entry[])[];
  /** Bytes up to the end of the header, and of each batch. */
  readonly ends: readonly number[];
}

/**
 * A journal as far as it is whole: a process or a machine that was stopped leaves a last line that is
 * cut or garbled, and what is behind that does not count.
 *
 * @returns undefined where there is no file, or no header in it.
 */
export async function readJournal(path: string): Promise<Journal | undefined> {
  let header: RunHeader | undefined;
  const batches: (readonly Entry[])[] = [];
  const ends: number[] = [];
  for await (const { value, end } of wholeLines(path)) {
    if (header === undefined) {
      if (!isHeader(value)) return undefined;
      header = value;
    } else {
      if (!isBatch(value)) break;
      batches.push(value);
    }
    ends.push(end);
  }
  return header && { header, batches, ends };
}

/** The values in a file of JSON lines, and where each line ends, up to the first that is not whole. */
export async function* wholeLines(path: string): AsyncGenerator<{ value: unknown; end: number }> {
  const bytes = (await ifThere(readFile(path))) ?? Buffer.alloc(0);
  for (let from = 0; ; ) {
    const end = bytes.indexOf('\n', from) + 1;
    if (end === 0) return;
    const value = parseLine(bytes.toString('utf8', from, end));
    if (value === undefined) return;
    yield { value, end };
    from = end;
  }
}

export const jsonLine = (value: object): string => `${JSON.stringify(value)}\n`;

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

export const isHeader = (value: unknown): value is RunHeader =>
  isObject(value) && typeof value.computes === 'string' && typeof value.dimensions === 'number';

export const isEntry = (value: unknown): value is Entry =>
  isObject(value) && typeof value.file === 'string' && typeof value.modified === 'number';

const isBatch = (value: unknown): value is readonly Entry[] =>
  Array.isArray(value) && value.every(isEntry);
