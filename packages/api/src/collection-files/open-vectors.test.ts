import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openVectors } from './open-vectors.ts';
import { type NpyFileOptions, npyFile } from './testing/npy-file.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-npy-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function opened(bytes: Uint8Array) {
  const path = join(folder, 'vectors.npy');
  await writeFile(path, bytes);
  return openVectors(path);
}

const ROWS = [
  [3, 4],
  [0, -2],
  [0.5, 0],
];

test.each([
  { type: Float16Array, version: 1 },
  { type: Float32Array, version: 2 },
  { type: Float64Array, version: 3 },
] satisfies NpyFileOptions[])(
  'rows of $type.name in a file of version $version have length 1',
  async (options) => {
    const vectors = await opened(npyFile(ROWS, options));
    expect(vectors).toMatchObject({ rows: 3, dimensions: 2 });
    expect(await vectors.read(0, 3)).toEqual(
      [
        [0.6, 0.8],
        [0, -1],
        [1, 0],
      ].map((row) => Float32Array.from(row)),
    );
    expect(await vectors.read(2, 1)).toEqual([Float32Array.of(1, 0)]);
    await vectors.close();
  },
);

const header = (descr: string, fortran: string, shape: string): NpyFileOptions => ({
  header: `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }`,
});

test.each([
  ['another file', Buffer.alloc(200), /got another file/],
  ['an empty file', Buffer.alloc(0), /got another file/],
  ['one cut short', npyFile(ROWS).subarray(0, -4), /got 148 bytes instead of the 152 of its shape/],
  ['a header cut short', npyFile(ROWS).subarray(0, 60), /a header that does not end/],
  ['whole numbers', npyFile(ROWS, header("'<i8'", 'False', '(3, 2)')), /got one of <i8/],
  ['another byte order', npyFile(ROWS, header("'>f4'", 'False', '(3, 2)')), /got one of >f4/],
  ['records', npyFile(ROWS, header("[('a', '<f4')]", 'False', '(3,)')), /one of several types/],
  ['columns first', npyFile(ROWS, header("'<f4'", 'True', '(3, 2)')), /ascontiguousarray/],
  ['one dimension', npyFile(ROWS, header("'<f4'", 'False', '(6,)')), /of shape \(6,\)/],
  ['three dimensions', npyFile(ROWS, header("'<f4'", 'False', '(3, 2, 1)')), /of shape/],
  ['no rows', npyFile(ROWS, header("'<f4'", 'False', '(0, 2)')), /of shape \(0, 2\)/],
])('%s is refused with what came', async (_, bytes, message) => {
  await expect(opened(bytes)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringMatching(message),
  });
});

test.each([
  [[0, 0], 'zeros'],
  [[Number.NaN, 1], 'NaN or infinity'],
  [[1, Number.NEGATIVE_INFINITY], 'NaN or infinity'],
])('a row of %j is refused by its number', async (row, got) => {
  const vectors = await opened(npyFile([[1, 0], row]));
  expect(await vectors.read(0, 1)).toHaveLength(1);
  await expect(vectors.read(0, 2)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining(`got ${got} in row 1 (from 0)`),
  });
  await vectors.close();
});
