/** The place of the first of ascending rows that is not below another; their number where all are. */
export function placeFrom(rows: Uint32Array, row: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle]! < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The place of a row among ascending ones, or −1. */
export function placeOf(rows: Uint32Array, row: number): number {
  const place = placeFrom(rows, row);
  return rows[place] === row ? place : -1;
}
