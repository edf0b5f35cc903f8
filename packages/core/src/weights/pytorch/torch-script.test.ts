import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { bytesInMemory } from '../byte-source.ts';
import { TensorReader } from '../tensor-reader.ts';
import { readStateDict } from './state-dict.ts';
import { newModule, pickle, stateDictFile, textOf } from './testing/state-dict-file.ts';

/** Written by PyTorch; see testing/make-torch-script.py. */
const bytes = await readFile(new URL('./testing/files/torch-script.pt', import.meta.url));

test('a TorchScript archive of PyTorch gives its tensors by the names of its state dict', async () => {
  const source = bytesInMemory(bytes);
  const { tensors: entries } = await readStateDict(source);
  const facts = [...entries].map(([name, { dtype, shape }]) => [name, dtype, shape]);
  const mask = (block: number) => [`transformer.resblocks.${block}.attn_mask`, 'F32', [1, 1]];
  const weight = (block: number) => [
    ...[`transformer.resblocks.${block}.attn.in_proj_weight`, 'F16', [6, 2]],
  ];
  expect(facts).toEqual([
    ['text_projection', 'F16', [2, 3]],
    ['logit_scale', 'F16', []],
    ['input_resolution', 'I64', []],
    ...[mask(0), weight(0), mask(1), weight(1)],
  ]);
  const read = async (name: string) => [
    ...(await new TensorReader(source).read(entries.get(name)!)),
  ];
  expect(await read('logit_scale')).toEqual([1.5]);
  expect(await read('text_projection')).toEqual([-1, -0.75, -0.5, -0.875, -0.625, -0.375]);
  expect(await read('transformer.resblocks.1.attn.in_proj_weight')).toEqual(
    Array.from({ length: 12 }, (_, i) => i / 8 - 1),
  );
});

const MARK = 0x28;
/** `{name: …, …}` as the fields of the module below it. */
const built = (items: readonly number[]) => [0x7d, MARK, ...items, 0x75, 0x62];
const kept = (at: number) => [0x71, at];
const recalled = (at: number) => [0x68, at];

/** A module in itself. */
const circle = [...newModule(), ...kept(1), ...built([...textOf('a'), ...recalled(1)])];
/** A module that holds another twice, which does so too: 2²⁰ paths in some 600 bytes. */
const doubled = (depth: number): readonly number[] => [
  ...[...newModule(), ...kept(depth)],
  ...built(
    depth === 0
      ? [...textOf('x'), 0x4e]
      : [...textOf('a'), ...doubled(depth - 1), ...textOf('b'), ...recalled(depth - 1)],
  ),
];

const classOf = (name: string) => [0x63, ...new TextEncoder().encode(name), 0x29, 0x81];

describe('a module that is none is refused with its fault:', () => {
  test.each<[string, readonly number[], string]>([
    ['its own part', circle, 'more than 32 deep'],
    ['many paths through few modules', doubled(20), 'more than 100000 fields'],
    ['a class of Python’s', classOf('os\nsystem\n'), 'names "os.system"'],
    ['a function as a class', classOf('collections\nOrderedDict\n'), 'of what is no module'],
    ['a call', [...newModule().slice(0, -2), 0x29, 0x52], 'calls __torch__.Module'],
    ['fields in a list', [...newModule(), 0x5d, 0x62], 'sets fields of what has none'],
    ['no tensors', [...newModule(), ...built([...textOf('training'), 0x89])], 'has no tensors'],
  ])('%s', async (_, instructions, message) => {
    const file = stateDictFile({ pickle: pickle.bytes(instructions) });
    await expect(readStateDict(bytesInMemory(file))).rejects.toMatchObject({
      code: 'WEIGHTS_INVALID',
      message: expect.stringContaining(message),
    });
  });
});
