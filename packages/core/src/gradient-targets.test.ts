import { expect, test } from 'vitest';
import { targetDirections } from './gradient-targets.ts';

const embedding = Float32Array.of(0, 2);

test('targets are directions, added up by their weights', () => {
  const other = { embedding: Float32Array.of(3, 4), weight: -0.5 };
  const { directions, sum } = targetDirections([{ embedding }, other], 2);
  expect(directions).toEqual([Float32Array.of(0, 1), Float32Array.of(0.6, 0.8)]);
  expect(sum[0]).toBeCloseTo(-0.3, 7);
  expect(sum[1]).toBeCloseTo(0.6, 7);
});

test.each([
  [[Number.NaN], 'target 0: expected a finite weight that float32 holds, got NaN'],
  [[1, Number.NEGATIVE_INFINITY], 'target 1: expected a finite weight'],
  [[1e39], 'target 0: expected a finite weight that float32 holds, got 1e+39'],
  [[3e38, 3e38], 'expected weights whose sum float32 holds, got larger ones'],
])('weights %j are refused, as no gradient would be finite', (weights, message) => {
  const targets = weights.map((weight) => ({ embedding, weight }));
  expect(() => targetDirections(targets, 2)).toThrow(
    expect.objectContaining({ code: 'BAD_INPUT', message: expect.stringContaining(message) }),
  );
});
