import type { FileHandle } from 'node:fs/promises';
import type { RowEntry } from './journal.ts';
import { NPY_HEADER_BYTES } from './npy.ts';

/** A row as it was stored. */
export interface StoredRow extends RowEntry {
  /** [E]; NaN throughout where there is an error. */
  readonly values: Float32Array;
}

/** Rows that are read at a time. */
const CHUNK = 1_000;

/**
 * Reads rows back from a NumPy file, in chunks.
 *
 * @param dimensions E.
 */
export async function* storedRows(
  file: FileHandle,
  entries: readonly RowEntry[],
  dimensions: number,
): AsyncGenerator<readonly StoredRow[]> {
  const rowBytes = dimensions * Float32Array.BYTES_PER_ELEMENT;
  for (let start = 0; start < entries.length; start += CHUNK) {
    const chunk = entries.slice(start, start + CHUNK);
    const values = new Float32Array(chunk.length * dimensions);
    await readFully(file, Buffer.from(values.buffer), NPY_HEADER_BYTES + start * rowBytes);
    yield chunk.map((entry, i) => ({
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
