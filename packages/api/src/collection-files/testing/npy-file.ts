import type { NpyArray } from '../npy-header.ts';

export interface NpyFileOptions {
  readonly type?: NpyArray['type'];
  /** Of the format. */
  readonly version?: 1 | 2 | 3;
  /** In place of what NumPy would write. */
  readonly header?: string;
}

const DESCRIPTIONS = new Map<NpyArray['type'], string>([
  [Float16Array, '<f2'],
  [Float32Array, '<f4'],
  [Float64Array, '<f8'],
]);

/** A file as `numpy.save` writes it. @param rows of one length. */
export function npyFile(
  rows: readonly ArrayLike<number>[],
  { type = Float32Array, version = 1, header }: NpyFileOptions = {},
): Buffer {
  const columns = rows[0]!.length;
  const usual = `{'descr': '${DESCRIPTIONS.get(type)}', 'fortran_order': False, 'shape': (${rows.length}, ${columns}), }`;
  const begin = version === 1 ? 10 : 12;
  const text = header ?? usual;
  const length = Math.ceil((begin + text.length + 1) / 64) * 64 - begin;
  const head = Buffer.alloc(begin);
  head.write('\x93NUMPY', 'latin1');
  head[6] = version;
  if (version === 1) head.writeUInt16LE(length, 8);
  else head.writeUInt32LE(length, 8);
  const values = type.from(rows.flatMap((row) => Array.from(row)));
  return Buffer.concat([
    head,
    Buffer.from(`${text.padEnd(length - 1)}\n`, 'latin1'),
    Buffer.from(values.buffer),
  ]);
}
