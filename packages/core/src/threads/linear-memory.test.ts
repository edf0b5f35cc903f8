import { expect, test } from 'vitest';
import { LinearMemory } from './linear-memory.ts';

test.each([true, false])(
  'blocks do not overlap and begin at multiples of 64, shared %s',
  (shared) => {
    const memory = new LinearMemory(shared, 100);
    const first = memory.allocate(1);
    const second = memory.allocate(200_000);
    const third = memory.allocate(64);
    expect([first, second, third]).toEqual([128, 192, 192 + 200_000]);
    expect(memory.size).toBeGreaterThanOrEqual(third + 64);
    memory.f32(second, 50_000).fill(1);
    expect(memory.f32(second, 50_000)[49_999]).toBe(1);
  },
);

test('more than WebAssembly can address is refused with OUT_OF_MEMORY', () => {
  const memory = new LinearMemory(false, 100);
  expect(() => memory.allocate(2 ** 32)).toThrow(
    expect.objectContaining({
      code: 'OUT_OF_MEMORY',
      message: expect.stringContaining('expected room for 4097 MiB'),
    }),
  );
  expect(memory.allocate(64)).toBe(128);
});

test('the last block grows where it is, another one moves to the end', () => {
  const memory = new LinearMemory(false, 64);
  const first = memory.allocate(100);
  expect(memory.enlarge(first, 100, 1_000_000)).toBe(first);
  const second = memory.allocate(64);
  expect(memory.enlarge(first, 1_000_000, 2_000_000)).toBeGreaterThan(second);
});
