import { describe, expect, test } from 'vitest';
import { safetensorsFile } from '../testing/safetensors-file.ts';
import { bytesInMemory } from './byte-source.ts';
import { readSafetensorsHeader } from './safetensors.ts';

const read = (bytes: Uint8Array) => readSafetensorsHeader(bytesInMemory(bytes));

const f32 = (begin: number, end: number, shape: readonly number[]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});
const file = (header: unknown, data = 0) =>
  safetensorsFile(JSON.stringify(header), new Uint8Array(data));

test('a sound file gives each tensor its dtype, shape and place', async () => {
  const header = { __metadata__: { format: 'pt' }, b: f32(8, 24, [2, 2]), a: f32(0, 8, [2]) };
  const bytes = file(header, 24);
  const entries = await read(bytes);
  const data = bytes.length - 24;
  expect(entries).toEqual(
    new Map([
      ['b', { dtype: 'F32', shape: [2, 2], offset: data + 8, length: 16 }],
      ['a', { dtype: 'F32', shape: [2], offset: data, length: 8 }],
    ]),
  );
});

test('scalars, empty tensors, padding after the header and unknown dtypes are sound', async () => {
  const header = {
    scalar: f32(0, 4, []),
    empty: f32(4, 4, [0, 3]),
    other: { dtype: 'F4', shape: [3], data_offsets: [4, 6] },
  };
  const padded = safetensorsFile(`${JSON.stringify(header)}   `, new Uint8Array(6));
  expect((await read(padded)).get('other')).toMatchObject({ dtype: 'F4', length: 2 });
});

describe('a file that is not sound is refused with its fault:', () => {
  const huge = new Uint8Array(8);
  new DataView(huge.buffer).setBigUint64(0, 2n ** 63n, true);
  const long = new Uint8Array(64);
  new DataView(long.buffer).setBigUint64(0, 100n, true);

  test.each<[string, Uint8Array, string]>([
    ['empty', new Uint8Array(0), 'truncated: expected at least 8 bytes, got 0'],
    ['header length of 2⁶³', huge, 'expected a header of at most 4,194,304 bytes'],
    ['header cut short', long, 'truncated: expected a header of 100 bytes, got 56'],
    ['not JSON', safetensorsFile('{"a":'), 'the header is not JSON in UTF-8'],
    [
      'not UTF-8',
      safetensorsFile('{"a":1}').map((b) => (b === 97 ? 0xff : b)),
      'not JSON in UTF-8',
    ],
    ['a list', safetensorsFile('[]'), 'begins with "{"'],
    ['space first', safetensorsFile(' {}'), 'begins with "{"'],
    ['metadata', file({ __metadata__: { a: 1 } }), 'expected __metadata__ to map texts to texts'],
    ['tensor', file({ a: 3 }), 'tensor "a": expected an object'],
    ['extra field', file({ a: { ...f32(0, 4, [1]), x: 1 } }, 4), 'unexpected field "x"'],
    ['no dtype', file({ a: { shape: [1], data_offsets: [0, 4] } }, 4), 'expected a dtype'],
    ['negative size', file({ a: f32(0, 4, [-1]) }, 4), 'expected a shape of whole numbers'],
    ['fraction', file({ a: f32(0, 4, [0.5]) }, 4), 'expected a shape of whole numbers'],
    ['overflow', file({ a: f32(0, 4, [2 ** 31, 2 ** 31]) }, 4), 'overflows'],
    ['offsets', file({ a: { ...f32(0, 4, [1]), data_offsets: [0] } }, 4), 'two data_offsets'],
    ['offsets reversed', file({ a: f32(4, 0, [1]) }, 4), 'end at 0, before they begin at 4'],
    ['wrong length', file({ a: f32(0, 4, [2]) }, 4), 'expected 8 bytes for [2] F32, got 4'],
    ['overlap', file({ a: f32(0, 8, [2]), b: f32(4, 12, [2]) }, 12), '"b" overlaps'],
    ['hole', file({ a: f32(0, 4, [1]), b: f32(8, 12, [1]) }, 12), '4 bytes before tensor "b"'],
    ['hole first', file({ a: f32(4, 8, [1]) }, 8), '4 bytes before tensor "a"'],
    ['data cut short', file({ a: f32(0, 8, [2]) }, 5), 'truncated: expected'],
    ['trailing bytes', file({ a: f32(0, 4, [1]) }, 9), '5 bytes follow the last tensor'],
    [
      'duplicate name',
      safetensorsFile(
        '{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\\u0061":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}',
      ),
      'duplicate name "a"',
    ],
    [
      'duplicate field',
      safetensorsFile('{"a":{"dtype":"F32","dtype":"F16","shape":[0],"data_offsets":[0,0]}}'),
      'duplicate name "dtype"',
    ],
    [
      '__proto__',
      safetensorsFile('{"__proto__":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'),
      'tensor "__proto__": not a usable name',
    ],
  ])('%s', async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toMatchObject({
      code: 'WEIGHTS_INVALID',
      message: expect.stringContaining(message),
    });
  });
});

test('cut at any byte, a file is refused as truncated, never read', async () => {
  const bytes = file({ a: f32(0, 8, [2]), b: f32(8, 12, [1]) }, 12);
  for (let length = 0; length < bytes.length; length++) {
    await expect(read(bytes.subarray(0, length)), `${length} bytes`).rejects.toMatchObject({
      code: 'WEIGHTS_INVALID',
      message: expect.stringContaining('truncated'),
    });
  }
});

test('a name of the file is printed on one line and not at full length', async () => {
  const name = `line\nbreak ${'x'.repeat(500)}`;
  const error = await read(file({ [name]: 1 })).catch((e: Error) => e);
  const { message } = error as Error;
  expect(message).not.toContain('\n');
  expect(message.length).toBeLessThan(250);
});
