import { open } from 'node:fs/promises';
import type { OutputFormat } from './formats.ts';
import type { Listing } from './listing.ts';
import { NPY_HEADER_BYTES, npyHeader } from './npy.ts';
import { CHUNK, type OutputRow, storedRows } from './stored-rows.ts';

type Rows = AsyncGenerator<readonly OutputRow[]>;

/** An output holds something else than its listing says: it was changed, or replaced. */
export class ChangedOutputError extends Error {}

/**
 * Reads the rows of a complete output, in chunks.
 *
 * @throws ChangedOutputError.
 */
export function readOutput(path: string, format: OutputFormat, listing: Listing): Rows {
  return READERS[format](path, listing);
}

const READERS: Readonly<Record<OutputFormat, (path: string, listing: Listing) => Rows>> = {
  npy: readNpy,
  jsonl: (path, listing) => withValues(listing, jsonValues(path)),
  parquet: (path, listing) => withValues(listing, parquetValues(path)),
};

async function* readNpy(path: string, { header: { dimensions }, entries }: Listing): Rows {
  const file = await open(path, 'r');
  try {
    const expected = npyHeader(entries.length, dimensions);
    const { buffer } = await file.read(Buffer.alloc(NPY_HEADER_BYTES), 0, NPY_HEADER_BYTES, 0);
    const size = entries.length * dimensions * Float32Array.BYTES_PER_ELEMENT;
    const { size: found } = await file.stat();
    if (!buffer.equals(expected) || found !== NPY_HEADER_BYTES + size) {
      throw new ChangedOutputError();
    }
    yield* storedRows(entries, { file, start: NPY_HEADER_BYTES, dimensions });
  } finally {
    await file.close();
  }
}

/** What a row says of itself. */
interface NamedValues {
  readonly file: unknown;
  readonly values: unknown;
}

/** Joins rows with their entries, in chunks. */
async function* withValues(
  { header: { dimensions }, entries }: Listing,
  rows: AsyncIterable<NamedValues>,
): Rows {
  let row = 0;
  let chunk: OutputRow[] = [];
  for await (const { file, values } of rows) {
    const entry = entries[row];
    const expected = entry?.error ? 0 : dimensions;
    const given = Array.isArray(values) ? values : [];
    if (entry?.file !== file || given.length !== expected) throw new ChangedOutputError();
    const empty = new Float32Array(dimensions).fill(Number.NaN);
    chunk.push({ row: row++, ...entry!, values: entry?.error ? empty : Float32Array.from(given) });
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  if (row !== entries.length) throw new ChangedOutputError();
  yield chunk;
}

async function* jsonValues(path: string): AsyncGenerator<NamedValues> {
  const file = await open(path, 'r');
  try {
    for await (const line of file.readLines()) yield parsed(line);
  } finally {
    await file.close();
  }
}

function parsed(line: string): NamedValues {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new ChangedOutputError('no JSON', { cause });
  }
}

async function* parquetValues(path: string): AsyncGenerator<NamedValues> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import(
    'hyparquet'
  );
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file).catch((cause: unknown) => {
    throw new ChangedOutputError('no Parquet', { cause });
  });
  const rows = Number(metadata.num_rows);
  for (let rowStart = 0; rowStart < rows; rowStart += CHUNK) {
    const rowEnd = Math.min(rows, rowStart + CHUNK);
    const columns = ['file', 'values'];
    yield* (await parquetReadObjects({
      file,
      metadata,
      rowStart,
      rowEnd,
      columns,
    })) as NamedValues[];
  }
}
