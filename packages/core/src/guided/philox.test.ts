import { expect, test } from 'vitest';
import { type DrawAddress, philoxAddress } from './draws.ts';
import { philox } from './philox.ts';
import { noiseValues } from './testing/noise-values.ts';

// Known answers of Random123 1.14, kat_vectors: philox4x32 10.
test.each([
  {
    counter: [0, 0, 0, 0],
    key: [0, 0],
    words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
] as const)('Philox gives its published words for counter $counter', ({ counter, key, words }) => {
  const out = new Uint32Array(4);
  philox(counter, key, out);
  expect([...out]).toEqual(words);
});

const ADDRESS: DrawAddress = { seed: 7 + 2 ** 40, step: 3, view: 1, purpose: 'noise' };

test.each([1, 16, 37])('the noise of %i values is Philox’s words, in their order', (length) => {
  const { key, place } = philoxAddress(ADDRESS);
  const words = Array.from({ length: Math.ceil(length / 4) }, (_, block) => {
    const out = new Uint32Array(4);
    philox([block, ...place], key, out);
    return [...out];
  }).flat();
  const scale = Math.sqrt(6) / 2 ** 16;
  const expected = words
    .slice(0, length)
    .map((word) => ((word & 0xffff) + (word >>> 16) - 0xffff) * scale);
  expect(noiseValues(length, 1, ADDRESS)).toEqual(Float32Array.from(expected));
});

test('noise has mean 0 and the deviation that is asked for, and repeats at its address alone', () => {
  const noise = (view: number) => noiseValues(20_000, 0.5, { ...ADDRESS, view });
  const values = noise(1);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.02);
  expect(Math.sqrt(variance)).toBeCloseTo(0.5, 2);
  expect(noise(1)).toEqual(values);
  expect(noise(2)[0]).not.toBe(values[0]);
});
