/** Headers that no one wrote by hand. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClipError } from '../errors.ts';
import { safetensorsFile } from '../testing/safetensors-file.ts';
import { type ByteSource, bytesInMemory } from './byte-source.ts';
import { readSafetensorsHeader } from './safetensors.ts';

const MEBIBYTE = 1024 * 1024;

/** Reads, and holds it to tensors that lie within the file, or a ClipError, and to little memory. */
async function expectSound(source: ByteSource, bound = MEBIBYTE): Promise<void> {
  const before = process.memoryUsage().arrayBuffers;
  try {
    for (const { offset, length, shape } of (await readSafetensorsHeader(source)).values()) {
      expect(offset).toBeGreaterThanOrEqual(8);
      expect(length).toBeGreaterThanOrEqual(0);
      expect(offset + length).toBeLessThanOrEqual(source.size);
      expect(shape.every((size) => Number.isSafeInteger(size) && size >= 0)).toBe(true);
    }
  } catch (error) {
    if (!(error instanceof ClipError)) throw error;
    expect(error.code).toBe('WEIGHTS_INVALID');
    expect(error.message).not.toMatch(/[\r\n]/);
    expect(error.message.length).toBeLessThan(1_000);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(bound);
}

const check = (bytes: Uint8Array) => expectSound(bytesInMemory(bytes));

test('any bytes are read or refused', async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), check), { numRuns: 1_000 });
});

test('any JSON as header is read or refused', async () => {
  const json = fc.oneof(
    fc.json(),
    fc.dictionary(fc.string(), fc.jsonValue()).map((v) => JSON.stringify(v)),
  );
  await fc.assert(
    fc.asyncProperty(json, fc.uint8Array({ maxLength: 64 }), (header, data) =>
      check(safetensorsFile(header, data)),
    ),
    { numRuns: 1_000 },
  );
});

/** Nearly what it should be. */
const number = fc.oneof(
  fc.nat(64),
  fc.constantFrom(-1, 0.5, 1e308, 2 ** 31, 2 ** 32, 2 ** 53, Number.MAX_SAFE_INTEGER),
);
const tensor = fc.record(
  {
    dtype: fc.oneof(fc.constantFrom('F32', 'F16', 'BF16', 'I64', 'BOOL', 'F4', ''), fc.jsonValue()),
    shape: fc.oneof(fc.array(number, { maxLength: 5 }), fc.jsonValue()),
    data_offsets: fc.oneof(
      fc.tuple(number, number),
      fc.array(number, { maxLength: 3 }),
      fc.jsonValue(),
    ),
    extra: fc.jsonValue(),
  },
  { requiredKeys: ['dtype', 'shape', 'data_offsets'] },
);
const name = fc.oneof(
  fc.string(),
  fc.constantFrom('__metadata__', '__proto__', 'constructor', 'toString', 'a\nb', 'x'.repeat(500)),
);

test('headers that are nearly right are read or refused', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(name, tensor),
      fc.uint8Array({ maxLength: 64 }),
      (header, data) => check(safetensorsFile(JSON.stringify(header), data)),
    ),
    { numRuns: 2_000 },
  );
});

test('sound files are read, and refused or read when a byte of them is another', async () => {
  const shapes = fc.array(fc.array(fc.nat(4), { maxLength: 3 }), { minLength: 1, maxLength: 5 });
  const change = fc.tuple(
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    fc.nat(255),
  );
  await fc.assert(
    fc.asyncProperty(shapes, change, async (all, [at, byte]) => {
      let end = 0;
      const entries = all.map((shape, i) => {
        const begin = end;
        end += 4 * shape.reduce((product, size) => product * size, 1);
        return [`tensor.${i}`, { dtype: 'F32', shape, data_offsets: [begin, end] }];
      });
      const file = safetensorsFile(
        JSON.stringify(Object.fromEntries(entries)),
        new Uint8Array(end),
      );
      expect((await readSafetensorsHeader(bytesInMemory(file))).size).toBe(all.length);
      file[Math.floor(at * file.length)] = byte;
      await check(file);
    }),
    { numRuns: 1_000 },
  );
});

test.each(['[', '{"a":', '{"a":['])('%j, 100,000 times, is refused', async (open) => {
  await check(safetensorsFile(open.repeat(100_000)));
});

test('a file of any size takes no more memory than a header may have', async () => {
  const sizes = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  await fc.assert(
    fc.asyncProperty(sizes, async (headerLength) => {
      const source: ByteSource = {
        size: Number.MAX_SAFE_INTEGER,
        read: async (offset, target) => {
          if (offset === 0) new DataView(target.buffer).setBigUint64(0, headerLength, true);
        },
        close: async () => {},
      };
      await expectSound(source, 9 * MEBIBYTE);
    }),
    { numRuns: 300 },
  );
});
