import { describe, expect, test } from 'vitest';
import { seededNormal } from '../testing/seeded.ts';
import { stratifiedFolds } from './folds.ts';
import { bestTemperature } from './temperature.ts';

describe('bestTemperature', () => {
  const likelihood = (
    logits: readonly number[][],
    classes: readonly number[],
    temperature: number,
  ) =>
    logits.reduce((sum, row, i) => {
      const all = row.reduce((total, logit) => total + Math.exp(logit / temperature), 0);
      return sum + Math.log(all) - row[classes[i]!]! / temperature;
    }, 0);

  test('no temperature near it makes the true classes likelier', () => {
    const logits = Array.from({ length: 60 }, (_, i) => [...seededNormal(5, i)].map((v) => 6 * v));
    const classes = logits.map((row, i) => (i % 3 === 0 ? i % 5 : row.indexOf(Math.max(...row))));
    const best = bestTemperature(logits, classes);
    const least = likelihood(logits, classes, best);
    for (const factor of [0.5, 0.9, 0.99, 1.01, 1.1, 2]) {
      expect(likelihood(logits, classes, best * factor)).toBeGreaterThan(least);
    }
    const tenfold = logits.map((row) => row.map((logit) => 10 * logit));
    expect(bestTemperature(tenfold, classes)).toBeCloseTo(10 * best, 6);
  });

  test('nothing wrong gives the least temperature, and a prior keeps it near 1', () => {
    const logits = [
      [3, 0],
      [0, 3],
    ];
    expect(bestTemperature(logits, [0, 1])).toBeCloseTo(1e-3, 9);
    expect(bestTemperature(logits, [0, 1], { prior: 100 })).toBeCloseTo(1, 2);
    expect(bestTemperature(logits, [1, 0])).toBeCloseTo(1e3, 3);
  });

  test('refuses no items, and a class that there is not', () => {
    expect(() => bestTemperature([], [])).toThrow('at least one row of logits');
    expect(() => bestTemperature([[1, 2]], [2])).toThrow('item 0: expected a class below 2, got 2');
  });
});

describe('stratifiedFolds', () => {
  test('each class is spread over the folds, and the folds have one size, give or take one', () => {
    const classes = [0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 2];
    const folds = stratifiedFolds(classes, 3);
    const count = (chosen: (i: number) => boolean) => classes.filter((_, i) => chosen(i)).length;
    const sizes = [0, 1, 2].map((fold) => count((i) => folds[i] === fold));
    expect(sizes.toSorted()).toEqual([3, 4, 4]);
    for (const label of [0, 1, 2]) {
      const ofClass = [0, 1, 2].map((fold) =>
        count((i) => classes[i] === label && folds[i] === fold),
      );
      expect(Math.max(...ofClass) - Math.min(...ofClass)).toBeLessThanOrEqual(1);
    }
  });

  test('as many folds as items leave one out each, and one fold is refused', () => {
    expect(new Set(stratifiedFolds([0, 1, 0, 1], 4)).size).toBe(4);
    expect(() => stratifiedFolds([0, 1], 1)).toThrow('expected at least 2 folds, got 1');
  });
});
