import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { bytesInMemory } from '../byte-source.ts';
import { openCheckpoint } from '../checkpoint.ts';
import { CLIP_MODEL } from '../layouts/clip-model.ts';
import { openWeights } from '../load.ts';
import { readStateDict } from './state-dict.ts';
import {
  archive,
  pickle,
  type StateDictParts,
  stateDictFile,
  textOf,
} from './testing/state-dict-file.ts';

/** Written by PyTorch; see testing/make-files.py. */
const file = (name: string) => readFile(new URL(`./testing/files/${name}`, import.meta.url));
const read = async (bytes: Uint8Array) => (await readStateDict(bytesInMemory(bytes))).tensors;

test.each(['state-dict.bin', 'plain-dict.bin'])(
  '%s by PyTorch gives each tensor its place',
  async (name) => {
    const entries = await read(await file(name));
    const facts = [...entries].map(([tensor, { dtype, shape, strides }]) => [
      tensor,
      dtype,
      shape,
      strides,
    ]);
    expect(facts).toEqual([
      ['rows', 'F32', [2, 3], undefined],
      ['transposed', 'F32', [4, 3], [1, 4]],
      ['part', 'F32', [2, 3], [5, 1]],
      ['permuted', 'F32', [4, 2, 3], [1, 12, 4]],
      ['half', 'F16', [3], undefined],
      ['half_transposed', 'F16', [3, 2], [1, 3]],
      ['bfloat16', 'BF16', [3], undefined],
      ['double', 'F64', [2], undefined],
      ['scalar', 'F32', [], undefined],
      ['empty', 'F32', [0, 3], undefined],
      ['position_ids', 'I64', [1, 5], undefined],
      ['parameter', 'F32', [2, 2], undefined],
      ['tied', 'F32', [2, 3], undefined],
    ]);
    expect(entries.get('tied')?.offset).toBe(entries.get('rows')?.offset);
  },
);

test('of a checkpoint of training by PyTorch the model’s tensors are read, without their wrapper’s name', async () => {
  const bytes = await file('epoch_1.pt');
  const { tensors, isTraining } = await openCheckpoint(bytesInMemory(bytes));
  expect(isTraining).toBe(true);
  expect([...tensors].map(([name, { dtype, shape }]) => [name, dtype, shape])).toEqual([
    ['logit_scale', 'F32', []],
    ['visual.weight', 'F32', [2, 3]],
    ['visual.bias', 'F32', [2]],
  ]);
  const { offset, length } = tensors.get('visual.weight')!;
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset + offset).slice(0, length));
  expect([...values]).toEqual(Array(6).fill(0.5));
  expect((await openCheckpoint(bytesInMemory(await file('state-dict.bin')))).isTraining).toBe(
    false,
  );
});

/** PyTorch's `numbers` of make-files.py at these places. */
const numbers = (places: readonly number[]) => places.map((place) => place / 8 - 1);

test.each([
  ['rows', [0, 1, 2, 3, 4, 5]],
  ['transposed', [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]],
  ['part', [7, 8, 9, 12, 13, 14]],
  [
    'permuted',
    [0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23],
  ],
  ['half', [0, 1, 2]],
  ['half_transposed', [0, 3, 1, 4, 2, 5]],
  ['bfloat16', [0, 1, 2]],
])('the values of %s are PyTorch’s, as a whole and in parts', async (tensor, places) => {
  const bytes = await file('state-dict.bin');
  const { shape } = (await read(bytes)).get(tensor)!;
  const name = 'vision.postNorm.weight';
  // Under the name that a model asks for, so that the whole way is gone.
  const renamed = rename(bytes, tensor, 'vision_model.post_layernorm.weight');
  const weights = openWeights(
    await openCheckpoint(bytesInMemory(renamed)),
    [{ kind: 'parameter', name, shape }],
    CLIP_MODEL,
  );
  expect([...(await weights.read(name))]).toEqual(numbers(places));
  for (let start = 0; start < places.length; start += 1) {
    const part = new Float32Array(Math.min(2, places.length - start));
    await weights.readInto(name, start, part);
    expect([...part]).toEqual(numbers(places.slice(start, start + 2)));
  }
});

/** A state dict as PyTorch wrote it, in which one tensor has another name. */
function rename(bytes: Uint8Array, from: string, to: string): Uint8Array {
  return archive(bytes, (data) => pickle.replaceText(data, from, to));
}

describe('a file that is no state dict is refused with its fault:', () => {
  const part = (change: Partial<StateDictParts>) => stateDictFile(change);
  test.each<[string, Uint8Array | Promise<Uint8Array>, string]>([
    [
      'a module',
      file('module.bin'),
      'names "torch.nn.modules.linear.Linear", which weights do not need: it is not run',
    ],
    [
      'os.system',
      part({ pickle: pickle.call('posix', 'system', 'touch /tmp/pwned') }),
      'names "posix.system"',
    ],
    ['eval', part({ pickle: pickle.call('builtins', 'eval', '1') }), 'names "builtins.eval"'],
    [
      'a storage that is called',
      part({ pickle: pickle.call('torch', 'FloatStorage', 'x') }),
      'calls torch.FloatStorage',
    ],
    ['a list', part({ pickle: pickle.bytes([0x5d]) }), 'it holds no state dict'],
    [
      'a dict of numbers',
      part({ pickle: pickle.bytes([0x7d, 0x4b, 1, 0x4b, 2, 0x73]) }),
      'has no tensors',
    ],
    [
      'a dict of other things',
      part({ pickle: pickle.bytes([0x7d, ...textOf('model_state_dict'), 0x7d, 0x73]) }),
      'a state dict was expected, got model_state_dict; save it alone, with torch.save(model.state_dict(), FILE)',
    ],
    ['an unknown instruction', part({ pickle: pickle.bytes([0x93]) }), 'the instruction 0x93'],
    [
      'a pickle cut short',
      part({ pickle: Uint8Array.of(0x80, 2, 0x58, 255, 0, 0, 0) }),
      'ends too early',
    ],
    ['a pickle without an end', part({ pickle: Uint8Array.of(0x80, 2, 0x7d) }), 'ends too early'],
    ['an empty stack', part({ pickle: pickle.bytes([0x85]) }), 'takes what it has not put'],
    ['no mark', part({ pickle: pickle.bytes([0x7d, 0x75]) }), 'takes what it has not put'],
    [
      'a memo that is not kept',
      part({ pickle: pickle.bytes([0x68, 9]) }),
      'recalls what it has not kept',
    ],
    [
      'a number of 9 bytes',
      part({ pickle: pickle.bytes([0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1]) }),
      'beyond all sizes',
    ],
    ['a text that is not UTF-8', part({ pickle: pickle.bytes([0x8c, 1, 0xff]) }), 'not UTF-8'],
    [
      'a tuple as a key',
      part({ pickle: pickle.bytes([0x7d, 0x29, 0x4b, 1, 0x73]) }),
      'a key that is no text',
    ],
    [
      'a storage with too few bytes',
      part({ storageBytes: 20 }),
      'expected a storage of 24 bytes, got 20',
    ],
    [
      'a storage that is missing',
      part({ storageName: 'archive/data/7' }),
      'its storage "0" is missing',
    ],
    [
      'a shape beyond the storage',
      part({ shape: [2, 4] }),
      'expected values up to 7, its storage has 6',
    ],
    [
      'an offset beyond the storage',
      part({ first: 1 }),
      'expected values up to 7, its storage has 6',
    ],
    [
      'a negative size',
      part({ shape: [-2, 3] }),
      'other things than a storage, a shape and strides',
    ],
    [
      'a size that overflows',
      part({ shape: [2 ** 31 - 1, 2 ** 31 - 1], strides: [2 ** 31 - 1, 2 ** 31 - 1] }),
      'overflows',
    ],
    [
      'fewer strides than sizes',
      part({ strides: [1] }),
      'other things than a storage, a shape and strides',
    ],
    ['big-endian numbers', part({ byteOrder: 'big' }), 'expected byte order "little", got "big"'],
    ['no pickle', part({ pickleName: 'archive/data.txt' }), 'the archive has no data.pkl'],
    ['a damaged pickle', part({ wrongChecksum: true }), 'the checksum differs'],
    ['a compressed entry', part({ method: 8 }), 'is compressed; PyTorch stores what ClipQL reads'],
    ['an encrypted entry', part({ flags: 1 }), 'is encrypted'],
    [
      'two entries of one name',
      part({ storageName: 'archive/data.pkl' }),
      'two entries of the name',
    ],
    ['another name in the local header', part({ localName: 'archive/data.pkx' }), 'has two names'],
    ['entries that overlap', part({ overlap: true }), 'overlap'],
    [
      'a comment behind the directory',
      part({ comment: 'x' }),
      'the directory at the end of the archive is missing',
    ],
  ])('%s', async (_, bytes, message) => {
    await expect(read(await bytes)).rejects.toMatchObject({
      code: 'WEIGHTS_INVALID',
      message: expect.stringContaining(message),
    });
  });

  test('the form before PyTorch 1.6', async () => {
    await expect(openCheckpoint(bytesInMemory(await file('before-1.6.bin')))).rejects.toMatchObject(
      {
        code: 'WEIGHTS_INVALID',
        message: expect.stringContaining('before version 1.6'),
      },
    );
  });

  test('one cut at any byte', async () => {
    const whole = stateDictFile();
    await expect(read(whole)).resolves.toBeDefined();
    for (let length = 0; length < whole.length; length++) {
      await expect(read(whole.subarray(0, length)), `${length} bytes`).rejects.toMatchObject({
        code: 'WEIGHTS_INVALID',
      });
    }
  });
});

/** Instructions that make much of few bytes. */
const WASTEFUL: readonly (readonly [what: string, instructions: readonly number[]])[] = [
  ['empty dicts', [0x7d]],
  ['empty lists', [0x5d]],
  ['empty tuples', [0x29]],
  ['marks', [0x28]],
  ['empty dicts that are kept', [0x7d, 0x94]],
  ['dicts of one entry', [0x7d, 0x4b, 0, 0x4e, 0x73]],
  ['tuples of one number', [0x4b, 0, 0x85]],
  ['short texts', [0x8c, 1, 0x61]],
  ['fractions', [0x47, 0x3f, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a]],
];

test.each(WASTEFUL)('5 MB of a pickle of %s are refused in 160 MB of memory', async (_, code) => {
  const script = `
    const { readPickle } = await import(${JSON.stringify(new URL('./pickle.ts', import.meta.url).href)});
    const { parentPort, workerData } = await import('node:worker_threads');
    const bytes = new Uint8Array(5_000_000).map((_, i) => workerData[i % workerData.length]);
    try {
      readPickle(bytes, {});
    } catch ({ message }) {
      parentPort.postMessage(message);
    }`;
  const worker = new Worker(script, {
    eval: true,
    workerData: code,
    resourceLimits: { maxOldGenerationSizeMb: 144, maxYoungGenerationSizeMb: 16 },
  });
  // An end for lack of memory is an error event, which rejects.
  const [message] = await once(worker, 'message');
  expect(message).toMatch(/its pickle (does not end|ends too early)/);
});
