import { open } from 'node:fs/promises';
import { type Entry, isEntry, isHeader, jsonLine, type RunHeader, wholeLines } from './journal.ts';

/** What a complete output holds, row by row. */
export interface Listing {
  readonly header: RunHeader;
  readonly entries: readonly Entry[];
}

/** @returns undefined where there is none, or it is not whole. */
export async function readListing(path: string): Promise<Listing | undefined> {
  let header: (RunHeader & { readonly rows?: unknown }) | undefined;
  const entries: Entry[] = [];
  for await (const { value } of wholeLines(path)) {
    if (header === undefined) {
      if (!isHeader(value)) return undefined;
      header = value;
    } else if (isEntry(value)) entries.push(value);
  }
  return header?.rows === entries.length ? { header, entries } : undefined;
}

/** Writes the header of the run with the number of rows, then a line a row. */
export async function writeListing(path: string, { header, entries }: Listing): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.appendFile(jsonLine({ ...header, rows: entries.length }));
    for (let start = 0; start < entries.length; start += LINES) {
      const some = entries.slice(start, start + LINES);
      await file.appendFile(
        some.map((entry, i) => jsonLine({ row: start + i, ...entry })).join(''),
      );
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Lines that are written at a time. */
const LINES = 10_000;
