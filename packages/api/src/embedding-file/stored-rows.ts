import type { FileHandle } from 'node:fs/promises';
import type { Entry } from './journal.ts';

/** A row of an output. */
export interface OutputRow extends Entry {
  /** From 0. */
  readonly row: number;
  /** [E]; NaN throughout where there is an error. */
  readonly values: Float32Array;
}

/** Rows that are read at a time. */
export const CHUNK = 1_000;

/** Where the values of rows lie in a file. */
export interface StoredValues {
  readonly file: FileHandle;
  /** Bytes before the first. */
  readonly start: number;
  /** E */
  readonly dimensions: number;
  /** Which values in the file are those of a row; of the same number unless given. */
  readonly positionOf?: (entry: Entry, row: number) => number;
}

/** Reads rows in chunks, what lies side by side at once. */
export async function* storedRows(
  entries: readonly Entry[],
  { file, start, dimensions, positionOf = (_, row) => row }: StoredValues,
): AsyncGenerator<readonly OutputRow[]> {
  const rowBytes = dimensions * Float32Array.BYTES_PER_ELEMENT;
  for (let first = 0; first < entries.length; first += CHUNK) {
    const chunk = entries.slice(first, first + CHUNK);
    const positions = chunk.map((entry, i) => positionOf(entry, first + i));
    const values = new Float32Array(chunk.length * dimensions);
    for (let from = 0; from < chunk.length; ) {
      let to = from + 1;
      while (positions[to] === positions[to - 1]! + 1) to += 1;
      const target = Buffer.from(values.buffer, from * rowBytes, (to - from) * rowBytes);
      await readFully(file, target, start + positions[from]! * rowBytes);
      from = to;
    }
    yield chunk.map((entry, i) => ({
      row: first + i,
      ...entry,
      values: values.subarray(i * dimensions, (i + 1) * dimensions),
    }));
  }
}

async function readFully(file: FileHandle, target: Buffer, position: number): Promise<void> {
  for (let filled = 0; filled < target.length; ) {
    const left = target.length - filled;
    const { bytesRead } = await file.read(target, filled, left, position + filled);
    if (bytesRead === 0) throw new Error(`the stored rows end ${left} bytes early`);
    filled += bytesRead;
  }
}
