import { describe, expect, test } from 'vitest';
import { seededNumbers } from '../testing/seeded.ts';
import { confusionFigures } from './class-figures.ts';
import { confusionMatrix, confusions } from './confusion-matrix.ts';
import { coverageCurve } from './coverage.ts';
import { reliability } from './reliability.ts';
import { meanShare, wilsonInterval } from './share.ts';
// Six classes: one of them without pictures, one with a single picture.
import reference from './testing/scikit-learn.json' with { type: 'json' };

const { truths, predictions, confidences } = reference;
const matrix = confusionMatrix(6, truths, predictions);
const correct = truths.map((truth, i) => truth === predictions[i]);
const DIGITS = 12;
/** Stands for what is not there. */
const NONE = -1;

describe('figures of a confusion matrix are those of scikit-learn and statsmodels', () => {
  const figures = confusionFigures(matrix)!;

  test('the matrix', () => {
    expect(matrix.map((row) => [...row])).toEqual(reference.matrix);
  });

  test.each(['accuracy', 'balancedAccuracy'] as const)('%s and its interval', (name) => {
    for (const part of ['value', 'low', 'high'] as const) {
      expect(figures[name][part], part).toBeCloseTo(reference[name][part], DIGITS);
    }
  });

  test('recall and precision of each class; none where there is nothing to divide by', () => {
    for (const [k, { recall, precision }] of figures.classes.entries()) {
      const expected = [reference.recalls[k], reference.precisions[k]];
      for (const [i, estimate] of [recall, precision].entries()) {
        if (expected[i] === null) expect(estimate).toBeUndefined();
        else expect(estimate?.value).toBeCloseTo(expected[i]!, DIGITS);
      }
    }
    expect(figures.classes[4]!.recall).toBeUndefined();
    expect(figures.classes[3]!.images).toBe(1);
  });
});

test('reliability bins and the expected calibration error are numpy’s', () => {
  const { bins, expectedError } = reliability({ confidences, correct })!;
  expect(expectedError).toBeCloseTo(reference.expectedError, DIGITS);
  for (const [i, expected] of reference.bins.entries()) {
    expect(bins[i]!.count).toBe(expected.count);
    expect(bins[i]!.confidence ?? NONE).toBeCloseTo(expected.confidence ?? NONE, DIGITS);
    expect(bins[i]!.accuracy?.value ?? NONE).toBeCloseTo(expected.accuracy ?? NONE, DIGITS);
  }
});

test('the coverage curve is numpy’s, and starts with all answers', () => {
  const curve = coverageCurve({ confidences, correct });
  expect(curve[0]).toMatchObject({ rejectBelow: 0, coverage: 1 });
  expect(curve).toHaveLength(reference.curve.length);
  for (const [i, [rejectBelow, coverage, accuracy]] of reference.curve.entries()) {
    if (i > 0) expect(curve[i]!.rejectBelow).toBe(rejectBelow);
    expect(curve[i]!.coverage).toBeCloseTo(coverage!, DIGITS);
    expect(curve[i]!.accuracy.value).toBeCloseTo(accuracy!, DIGITS);
  }
});

test('answers of equal confidence are rejected together', () => {
  const curve = coverageCurve({ confidences: [0.5, 0.5, 0.5], correct: [true, true, false] });
  expect(curve.map(({ coverage }) => coverage)).toEqual([1]);
});

test('no pictures have no figures, and lists of different lengths are refused', () => {
  const none = { confidences: [], correct: [] };
  expect(confusionFigures(confusionMatrix(3, [], []))).toBeUndefined();
  expect(reliability(none)).toBeUndefined();
  expect(coverageCurve(none)).toEqual([]);
  const uneven = { confidences: [0.5], correct: [] };
  for (const refused of [
    () => reliability(uneven),
    () => coverageCurve(uneven),
    () => confusionMatrix(2, [0], []),
    () => confusionMatrix(2, [0], [2]),
    () => wilsonInterval({ hits: 0, of: 0 }),
    () => meanShare([]),
  ]) {
    expect(refused).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  }
});

test('the most frequent confusion comes first', () => {
  const [first, second] = confusions([
    Uint32Array.of(5, 3, 0),
    Uint32Array.of(1, 9, 0),
    Uint32Array.of(3, 0, 1),
  ]);
  expect(first).toEqual({ truth: 2, predicted: 0, count: 3, share: 0.75 });
  expect(second).toEqual({ truth: 0, predicted: 1, count: 3, share: 0.375 });
});

test('the interval of a mean recall holds the true mean about 95 times in 100, with 12 pictures a class', () => {
  const recalls = [0.95, 0.8, 0.6, 0.98];
  const truth = recalls.reduce((a, b) => a + b, 0) / recalls.length;
  const images = 12;
  const rounds = 2_000;
  const draws = seededNumbers(rounds * recalls.length * images, 5);
  let at = 0;
  let held = 0;
  for (let round = 0; round < rounds; round++) {
    const shares = recalls.map((recall) => {
      let hits = 0;
      for (let i = 0; i < images; i++) if ((draws[at++]! + 1) / 2 < recall) hits++;
      return { hits, of: images };
    });
    const { low, high } = meanShare(shares);
    if (low <= truth && truth <= high) held++;
  }
  expect(held / rounds).toBeGreaterThan(0.93);
  expect(held / rounds).toBeLessThan(0.98);
});

test('a class that is always recognised is no certainty', () => {
  const { low, high } = meanShare([
    { hits: 3, of: 3 },
    { hits: 3, of: 3 },
  ]);
  expect(low).toBeLessThan(0.75);
  expect(high).toBe(1);
});
