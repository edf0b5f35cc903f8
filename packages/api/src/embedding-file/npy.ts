/** Bytes before the first value: a multiple of 64, as the format asks, and room for any shape. */
export const NPY_HEADER_BYTES = 128;

const MAGIC = Buffer.from('\x93NUMPY\x01\x00', 'latin1');

/**
 * The header of a NumPy file, version 1.0, for float32 in little-endian order, row by row.
 *
 * @param rows N of the shape [N, E]; `columns` is its E.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function npyHeader(rows: number, columns: number): Buffer {
  const shape = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const length = Buffer.alloc(2);
  const room = NPY_HEADER_BYTES - MAGIC.length - length.length;
  length.writeUInt16LE(room);
  return Buffer.concat([MAGIC, length, Buffer.from(`${shape.padEnd(room - 1)}\n`, 'latin1')]);
}
