import { expect, test } from 'vitest';
import { isLarge, jsonSlices } from './json-slices.ts';

const list = <T>(length: number, make: (i: number) => T): T[] =>
  Array.from({ length }, (_, i) => make(i));

const printed = { toJSON: () => ({ a: [1, 2] }) };

test.each([
  ['numbers', list(20_000, (i) => i / 7)],
  ['objects', list(5_000, (i) => ({ i, text: `“${i}”\n`, none: null, left: undefined }))],
  ['lists within objects within lists', list(10, () => ({ a: { b: list(9_000, String) }, c: [] }))],
  ['long texts', list(3, () => 'é\u0000'.repeat(100_000))],
  ['what prints itself', { large: list(500, () => printed), printed }],
  ['numbers that JSON has none for', [...list(5_000, () => Number.NaN), -0, Infinity]],
  ['undefined in lists', list(5_000, (i) => (i % 2 === 0 ? undefined : { a: undefined }))],
  ['an empty object beside much', { ...{ none: undefined }, a: {}, b: list(5_000, () => 1) }],
])('slices are together what JSON.stringify prints: %s', (_what, value) => {
  expect(isLarge(value)).toBe(true);
  expect([...jsonSlices(value)].join('')).toBe(JSON.stringify(value));
});

test('no slice is much longer than it has to be', () => {
  const slices = [...jsonSlices(list(7_000, () => list(512, (i) => i / 3)))];
  expect(slices.length).toBeGreaterThan(100);
  expect(Math.max(...slices.map(({ length }) => length))).toBeLessThan(200_000);
});
