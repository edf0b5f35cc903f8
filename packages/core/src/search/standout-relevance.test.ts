import { describe, expect, test } from 'vitest';
import { seededNormal } from '../testing/seeded.ts';
import { standoutRelevance } from './standout-relevance.ts';

describe('standoutRelevance', () => {
  const found = (scores: Float32Array, width = 1) => {
    const { cut } = standoutRelevance(scores, width);
    return [...scores.keys()].filter((i) => scores[i]! >= cut);
  };

  test('finds a third of the items as well as a hundredth, wherever the scores lie and however wide they are', () => {
    for (const [middle, width] of [
      [0, 1],
      [40, 0.01],
      [-3, 50],
    ] as const) {
      for (const relevant of [10, 300]) {
        const scores = seededNormal(1000, 7).map(
          (value, i) => middle + width * (i < relevant ? 7 + value : value),
        );
        const rows = found(scores, width);
        const right = rows.filter((row) => row < relevant).length;
        expect(right / relevant, `${middle} ${relevant}`).toBeGreaterThan(0.95);
        expect((rows.length - right) / 1000).toBeLessThan(0.02);
      }
    }
  });

  test('noise alone has next to nothing relevant, among a hundred items or a hundred thousand', () => {
    for (const items of [100, 100_000]) {
      expect(found(seededNormal(items, 3)).length).toBeLessThan(6);
    }
  });

  test('a sample of many items tells about the same as all of them', () => {
    const scores = seededNormal(200_000, 5);
    const sample = scores.filter((_, i) => i % 10 === 0);
    const cut = standoutRelevance(scores, 1).cut;
    expect(standoutRelevance(sample, 1, scores.length).cut).toBeCloseTo(cut, 0);
    expect(standoutRelevance(sample, 1).cut).toBeLessThan(cut);
  });

  test('no items, one, equal ones and missing ones have a finite curve', () => {
    for (const scores of [[], [0.3], [1, 1, 1, 1], [Number.NaN, 0.2, Number.NaN]]) {
      const { of, cut } = standoutRelevance(Float32Array.from(scores), 0);
      expect(Number.isFinite(cut)).toBe(true);
      expect(of(0.3)).toBeLessThan(0.25);
    }
  });
});
