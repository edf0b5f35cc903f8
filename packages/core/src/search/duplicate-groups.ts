/** Rows that are about the same, around one of them. */
export interface DuplicateGroup {
  /** The row that all others are near to. */
  readonly representative: number;
  /** The others, nearest first; of equally near ones the lowest row first. */
  readonly members: readonly { readonly row: number; readonly cosine: number }[];
}

/** Two rows and their cosine. */
export interface NearPair {
  readonly a: number;
  readonly b: number;
  readonly cosine: number;
}

/**
 * Makes groups of pairs that are near enough. A group is a star, not a chain: each member is near to
 * the representative itself, so a series of pictures, each a little different from the one before,
 * is not one group. The row with the most neighbours that are still free becomes a representative and
 * takes them; of equals the lowest row. A row is in one group at most.
 *
 * @param pairs in any order; a pair that comes twice, or a row with itself, changes nothing.
 * @returns the largest group first; of equals the lowest representative first.
 * @example
 * ```ts
 * import { duplicateGroups } from '@clipql/core';
 *
 * const chain = [0, 1, 2, 3].map((a) => ({ a, b: a + 1, cosine: 0.99 }));
 * const groups = duplicateGroups(chain);
 * console.log(groups.map(({ representative, members }) => [representative, members.length])); // [ [ 1, 2 ], [ 3, 1 ] ]
 * ```
 */
export function duplicateGroups(pairs: Iterable<NearPair>): readonly DuplicateGroup[] {
  const neighbours = neighboursOf(pairs);
  const free = new Set(neighbours.keys());
  const byCount: number[][] = [];
  const put = (row: number, count: number) => {
    byCount[count] ??= [];
    byCount[count].push(row);
  };
  for (const [row, near] of neighbours) put(row, near.size);
  const groups: DuplicateGroup[] = [];
  for (let count = byCount.length - 1; count > 0; count--) {
    for (const row of (byCount[count] ?? []).sort((a, b) => a - b)) {
      if (!free.has(row)) continue;
      const near = [...neighbours.get(row)!].filter(([other]) => free.has(other));
      if (near.length < count) {
        // Some of its neighbours were taken since: its turn comes again, lower down.
        put(row, near.length);
        continue;
      }
      const members = near.map(([other, cosine]) => ({ row: other, cosine }));
      members.sort((a, b) => b.cosine - a.cosine || a.row - b.row);
      groups.push({ representative: row, members });
      for (const taken of [row, ...members.map((member) => member.row)]) free.delete(taken);
    }
  }
  return groups;
}

function neighboursOf(pairs: Iterable<NearPair>): Map<number, Map<number, number>> {
  const neighbours = new Map<number, Map<number, number>>();
  const add = (from: number, to: number, cosine: number) => {
    const near = neighbours.get(from) ?? new Map<number, number>();
    neighbours.set(from, near.set(to, cosine));
  };
  for (const { a, b, cosine } of pairs) {
    if (a === b) continue;
    add(a, b, cosine);
    add(b, a, cosine);
  }
  return neighbours;
}
