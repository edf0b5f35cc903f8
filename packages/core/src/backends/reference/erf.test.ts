import { expect, test } from 'vitest';
import { erf } from './erf.ts';

// From the C library, whose erf is right to the last digit.
test.each([
  [0, 0],
  [0.02, 0.022564574691844943],
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497149],
  [1.5, 0.9661051464753108],
  [2.999, 0.9999777698314002],
  [3, 0.9999779095030014],
  [4, 0.9999999845827421],
  [5.9, 0.9999999999999999],
  [7, 1],
])('erf(%d) = %d, and erf is odd', (x, expected) => {
  expect(Math.abs(erf(x) - expected)).toBeLessThan(1e-14);
  expect(erf(-x)).toBeCloseTo(-expected, 14);
});
