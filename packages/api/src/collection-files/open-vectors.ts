import { type FileHandle, open } from 'node:fs/promises';
import { normalized } from '@clipql/core';
import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';
import { type NpyArray, npyArray } from './npy-header.ts';

/** Embeddings in a file, [rows, dimensions]. */
export interface VectorFile {
  readonly rows: number;
  readonly dimensions: number;
  /**
   * Vectors of length 1.
   *
   * @throws ApiError BAD_INPUT for a row without a direction: zeros, infinity or NaN.
   */
  read(start: number, count: number): Promise<readonly Float32Array[]>;
  close(): Promise<void>;
}

/** Of a header: NumPy's have 128 bytes, and may have more for a shape of many dimensions. */
const MAX_HEADER_BYTES = 65_536;

/**
 * Opens a NumPy file of float16, float32 or float64, row by row.
 *
 * @throws ApiError BAD_INPUT for another file, and for one of another size than its header says.
 */
export async function openVectors(path: string): Promise<VectorFile> {
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw badVectors(path, cause.message, cause);
  });
  try {
    const header = Buffer.alloc(MAX_HEADER_BYTES);
    const { bytesRead } = await file.read(header, 0, header.length, 0);
    const array = npyArray(header.subarray(0, bytesRead), (got) => badVectors(path, got));
    const { size } = await file.stat();
    const expected = array.start + array.rows * array.dimensions * array.type.BYTES_PER_ELEMENT;
    if (size !== expected) {
      const got = `${grouped(size)} bytes instead of the ${grouped(expected)} of its shape`;
      throw badVectors(path, got);
    }
    return {
      rows: array.rows,
      dimensions: array.dimensions,
      read: (start, count) => readRows(file, path, array, start, count),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readRows(
  file: FileHandle,
  path: string,
  { type, dimensions, start: offset }: NpyArray,
  start: number,
  count: number,
): Promise<readonly Float32Array[]> {
  const rowBytes = dimensions * type.BYTES_PER_ELEMENT;
  const bytes = Buffer.alloc(count * rowBytes);
  for (let read = 0; read < bytes.length; ) {
    const position = offset + start * rowBytes + read;
    const { bytesRead } = await file.read(bytes, read, bytes.length - read, position);
    if (bytesRead === 0) throw badVectors(path, 'one that became shorter while it was read');
    read += bytesRead;
  }
  const values = new type(bytes.buffer, bytes.byteOffset, count * dimensions);
  return Array.from({ length: count }, (_, i) => {
    const vector = normalized(values.subarray(i * dimensions, (i + 1) * dimensions));
    // One that cannot be normalised has zeros alone, or a value that is no number.
    const squares = vector.reduce((sum, value) => sum + value ** 2, 0);
    if (Math.abs(squares - 1) < 0.01) return vector;
    const got = squares === 0 ? 'zeros' : 'NaN or infinity';
    const row = `row ${grouped(start + i)} (from 0)`;
    throw new ApiError(
      'BAD_INPUT',
      `expected a direction in each row of ${path}, got ${got} in ${row}`,
    );
  });
}

const badVectors = (path: string, got: string, cause?: unknown): ApiError =>
  new ApiError(
    'BAD_INPUT',
    `expected a NumPy file of float16, float32 or float64 [rows, values] in ${path}, got ${got}`,
    { cause },
  );
