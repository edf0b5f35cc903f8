import { expect, test } from 'vitest';
import { barHeights, countFrom, cutAt, lineAt } from './score-histogram.ts';

const HISTOGRAM = { from: -8, to: 0, counts: [64, 16, 0, 4], relevances: [0, 0.02, 0.27, 1] };

test('bars are as high as the square roots of their counts', () => {
  expect(barHeights(HISTOGRAM)).toEqual([1, 0.5, 0, 0.25]);
  expect(barHeights({ ...HISTOGRAM, counts: [0, 0] })).toEqual([0, 0]);
});

test.each([
  ['at a score', -4, 4, 2],
  ['between two parts', -5, 4, 1.5],
  ['below all', -20, 84, 0],
  ['above all', 3, 0, 4],
  ['where all are hits', null, 84, 0],
  ['where none is', null, 0, 4],
])('the line is %s', (_what, cut, total, place) => {
  expect(lineAt(HISTOGRAM, cut, total)).toBe(place);
});

test('equal scores have a line too', () => {
  expect(lineAt({ ...HISTOGRAM, from: -2, to: -2 }, -2, 84)).toBe(0);
});

test('a place on the histogram is what to ask for', () => {
  const asked = [-1, 0, 1, 2, 3, 4].map((part) => cutAt(HISTOGRAM, part));
  expect(asked).toEqual(['all', 'all', 0.02, 0.27, 1 - 1e-9, 1 - 1e-9]);
  expect([0, 1, 2, 4].map((part) => countFrom(HISTOGRAM, part))).toEqual([84, 20, 4, 0]);
});
