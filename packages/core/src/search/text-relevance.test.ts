import { describe, expect, test } from 'vitest';
import { seededNormal } from '../testing/seeded.ts';
import { TextScores } from './text-relevance.ts';

function relevanceOf(scores: Iterable<number>) {
  const all = new TextScores();
  for (const score of scores) all.add(score);
  return all.relevance();
}

/** Of items that have nothing to do with the text. */
const unrelated = (items: number) => seededNormal(items, 7).map((value) => 1.5 * value - 11);

describe('TextScores', () => {
  test('an unrelated collection gives nothing, however many items there are; one good item is enough', () => {
    for (const items of [10, 1_000, 20_000]) {
      expect(relevanceOf(unrelated(items)).cut).toBe(Number.POSITIVE_INFINITY);
      const { cut } = relevanceOf([...unrelated(items), 0]);
      expect(cut).toBeLessThanOrEqual(0);
      expect(unrelated(items).filter((score) => score >= cut).length).toBeLessThan(2);
    }
  });

  test('no items have nothing relevant', () => {
    expect(relevanceOf([]).cut).toBe(Number.POSITIVE_INFINITY);
  });

  test('the best of more items must score higher, since chance has more tries', () => {
    const least = [5, 50, 500].map((items) => {
      let best = -10;
      const others = new Array<number>(items - 1).fill(-30);
      while (relevanceOf([...others, best]).cut === Number.POSITIVE_INFINITY) best += 0.05;
      return best;
    });
    for (const [i, best] of least.slice(1).entries()) expect(best - least[i]!).toBeCloseTo(1.38, 1);
  });

  test('the cut is where the expected F1 is highest, of all cuts that there are', () => {
    for (const seed of [1, 2, 3, 4]) {
      const scores = [...seededNormal(300, seed)].map(
        (value, i) => (i % 9 === 0 ? 2 : 1) * value - 4,
      );
      const { of, cut } = relevanceOf(scores);
      const wanted = scores.reduce((sum, score) => sum + of(score), 0);
      const expectedF1 = (from: number) => {
        const found = scores.filter((score) => score >= from);
        return (2 * found.reduce((sum, score) => sum + of(score), 0)) / (found.length + wanted);
      };
      const highest = Math.max(...scores.map(expectedF1));
      expect(expectedF1(cut)).toBeGreaterThan(highest - 0.005);
      // The theorem of Lipton et al.
      expect(of(cut)).toBeCloseTo(highest / 2, 1);
    }
  });

  test('relevance rises with the score, within 0 and 1, and scoreOf turns it round', () => {
    const { of, scoreOf } = relevanceOf([3]);
    const scores = [-1000, -10, -2.5, 0, 5, 1000];
    const relevances = scores.map(of);
    expect(relevances).toEqual([...relevances].sort((a, b) => a - b));
    expect(relevances[0]).toBeGreaterThanOrEqual(0);
    expect(relevances.at(-1)).toBeLessThanOrEqual(1);
    expect(of(scoreOf(0.8))).toBeCloseTo(0.8, 6);
  });
});
