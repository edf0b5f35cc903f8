import { expect, test } from 'vitest';
import { sortedInSlices } from './sort-in-slices.ts';

test.each([0, 1, 8_192, 8_193, 50_000])('%d texts are sorted as sort() does', async (count) => {
  const texts = Array.from({ length: count }, (_, i) => `${(i * 7_919) % 4_001}é${i % 3}`);
  expect(await sortedInSlices(texts)).toEqual(texts.toSorted());
});

test('others have their turns meanwhile', async () => {
  let turns = 0;
  const count = () => {
    turns += 1;
    immediate = setImmediate(count);
  };
  let immediate = setImmediate(count);
  await sortedInSlices(Array.from({ length: 50_000 }, (_, i) => String(i)));
  clearImmediate(immediate);
  // 7 runs, and each text merged three times.
  expect(turns).toBeGreaterThan(20);
});
