/**
 * Removals are remembered for so many changes of a collection. Whoever knows of none that late is told of all rows that are
 * not there any more, for which those that are have to be gone over.
 */
export const REMEMBERED_CHANGES = 2 ** 20;

/** Rows that follow each other, none of which is there. */
export interface Gap {
  readonly first: number;
  readonly last: number;
}

export function rowsOfGaps(gaps: readonly Gap[]): Uint32Array {
  const rows = new Uint32Array(gaps.reduce((sum, { first, last }) => sum + last - first + 1, 0));
  let at = 0;
  for (const { first, last } of gaps) for (let row = first; row <= last; row++) rows[at++] = row;
  return rows;
}
