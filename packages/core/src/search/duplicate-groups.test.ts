import { describe, expect, test } from 'vitest';
import { duplicateGroups, type NearPair } from './duplicate-groups.ts';

const near = (a: number, b: number, cosine = 0.99): NearPair => ({ a, b, cosine });

describe('duplicateGroups', () => {
  test('a chain of pictures, each near to the next alone, is no group: every member is near to its representative', () => {
    const chain = Array.from({ length: 9 }, (_, i) => near(i, i + 1));
    const linked = new Set(chain.flatMap(({ a, b }) => [`${a} ${b}`, `${b} ${a}`]));
    const groups = duplicateGroups(chain);
    for (const { representative, members } of groups) {
      for (const { row } of members) expect(linked).toContain(`${representative} ${row}`);
    }
    expect(groups.map(({ members }) => members.length)).toEqual([2, 2, 2]);
  });

  test('the row with the most neighbours stands in the middle, its members nearest first, and no row is in two groups', () => {
    const pairs = [near(5, 1, 0.97), near(5, 2, 0.99), near(5, 3, 0.98), near(3, 4), near(4, 7)];
    expect(duplicateGroups(pairs)).toEqual([
      {
        representative: 5,
        members: [
          { row: 2, cosine: 0.99 },
          { row: 3, cosine: 0.98 },
          { row: 1, cosine: 0.97 },
        ],
      },
      { representative: 4, members: [{ row: 7, cosine: 0.99 }] },
    ]);
  });

  test('groups are the same whatever the order of the pairs, and a pair that comes twice counts once', () => {
    const pairs = [near(8, 9), near(1, 2), near(2, 3), near(3, 1), near(2, 1), near(6, 6)];
    const groups = duplicateGroups(pairs);
    expect(duplicateGroups([...pairs].reverse())).toEqual(groups);
    expect(groups.map(({ representative }) => representative)).toEqual([1, 8]);
  });

  test('no pairs, no groups', () => {
    expect(duplicateGroups([])).toEqual([]);
  });
});
