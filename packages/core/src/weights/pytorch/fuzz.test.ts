/** Hostile files: whatever the bytes are, a file is read within its bounds or refused with its fault. */
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClipError } from '../../errors.ts';
import { bytesInMemory } from '../byte-source.ts';
import { readStateDict } from './state-dict.ts';
import { stateDictFile } from './testing/state-dict-file.ts';

const SETTINGS = { seed: 1, numRuns: 2000 };

const whole = await readFile(new URL('./testing/files/state-dict.bin', import.meta.url));

/** @returns whether the file was read. */
async function readWithinBounds(bytes: Uint8Array): Promise<boolean> {
  try {
    for (const [, { offset, length }] of (await readStateDict(bytesInMemory(bytes))).tensors) {
      expect(offset).toBeGreaterThanOrEqual(0);
      expect(length).toBeGreaterThanOrEqual(0);
      expect(offset + length).toBeLessThanOrEqual(bytes.length);
    }
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(ClipError);
    expect(error).toMatchObject({ code: 'WEIGHTS_INVALID' });
    return false;
  }
}

test('any bytes changed in a file by PyTorch', async () => {
  const change = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }));
  const outcomes = new Set<boolean>();
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
      const bytes = Uint8Array.from(whole);
      for (const [at, byte] of changes) bytes[at] = byte;
      outcomes.add(await readWithinBounds(bytes));
    }),
    SETTINGS,
  );
  // Changes within a storage do no harm; those elsewhere do: both were tried.
  expect(outcomes).toEqual(new Set([true, false]));
});

/** Instructions that are known, with a byte or two behind them, and any others. */
const instruction = fc.oneof(
  fc
    .constantFrom(
      ...[0x28, 0x4e, 0x88, 0x89, 0x7d, 0x5d, 0x29, 0x85, 0x86, 0x87, 0x74, 0x73, 0x75, 0x61, 0x65],
      ...[0x94, 0x52, 0x62, 0x51, 0x2e],
    )
    .map((code) => [code]),
  fc.tuple(fc.constantFrom(0x4b, 0x71, 0x68, 0x8a, 0x8c, 0x80), fc.nat(3)).map((pair) => [...pair]),
  fc
    .constantFrom(
      'collections\nOrderedDict\n',
      'torch\nFloatStorage\n',
      'torch._utils\n_rebuild_tensor_v2\n',
    )
    .map((name) => [0x63, ...new TextEncoder().encode(name)]),
  fc.uint8Array({ maxLength: 4 }).map((bytes) => [...bytes]),
);

test('any instructions as the pickle of a sound archive', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(instruction, { maxLength: 40 }), async (instructions) => {
      const pickle = Uint8Array.of(0x80, 2, ...instructions.flat(), 0x2e);
      await readWithinBounds(stateDictFile({ pickle }));
    }),
    SETTINGS,
  );
});

const any32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

test('any shape, strides and offset of a tensor', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.nat(6), any32), { maxLength: 5 }),
      fc.array(fc.oneof(fc.nat(6), any32), { maxLength: 5 }),
      fc.oneof(fc.nat(6), any32),
      async (shape, strides, first) => {
        await readWithinBounds(stateDictFile({ shape, strides, first }));
      },
    ),
    SETTINGS,
  );
});

test('any bytes at all behind a ZIP’s signature', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      await readWithinBounds(Uint8Array.of(0x50, 0x4b, 3, 4, ...bytes));
    }),
    SETTINGS,
  );
});
