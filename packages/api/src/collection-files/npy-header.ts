/** What a NumPy file's header says, of an array with a vector in each row. */
export interface NpyArray {
  readonly type: typeof Float16Array | typeof Float32Array | typeof Float64Array;
  readonly rows: number;
  readonly dimensions: number;
  /** The first value's place in the file. */
  readonly start: number;
}

const MAGIC = '\x93NUMPY';

const TYPES: Readonly<Record<string, NpyArray['type']>> = {
  '<f2': Float16Array,
  '<f4': Float32Array,
  '<f8': Float64Array,
};

/** More than any model has. */
const MAX_DIMENSIONS = 16_384;

/**
 * Reads a header of version 1, 2 or 3.
 *
 * @param bytes the file's first, all of its header among them.
 * @param refused makes the error, of what came in place of such an array.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function npyArray(bytes: Buffer, refused: (got: string) => Error): NpyArray {
  if (bytes.length < 12 || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw refused('another file');
  }
  const isFirst = bytes[6] === 1;
  const begin = isFirst ? 10 : 12;
  const start = begin + (isFirst ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8));
  if (start > bytes.length) throw refused('a header that does not end');
  const header = bytes.toString('latin1', begin, start);
  const field = (name: string, value: string) =>
    new RegExp(`['"]${name}['"]\\s*:\\s*${value}`).exec(header)?.[1];
  const descr = field('descr', `['"]([^'"]*)['"]`);
  const type = TYPES[descr ?? ''];
  if (type === undefined) throw refused(`one of ${descr ?? 'several types'}`);
  if (field('fortran_order', '(True|False)') !== 'False') {
    throw refused('one in the order of columns (np.ascontiguousarray changes it)');
  }
  const shape = field('shape', '\\(([^)]*)\\)') ?? '';
  const [rows, dimensions, ...more] = shape
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  const isMatrix =
    more.length === 0 &&
    [rows, dimensions].every((size) => Number.isSafeInteger(size) && size! >= 1);
  if (!isMatrix || dimensions! > MAX_DIMENSIONS) throw refused(`one of shape (${shape})`);
  return { type, rows: rows!, dimensions: dimensions!, start };
}
