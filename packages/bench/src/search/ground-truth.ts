import { CHUNK_ROWS, type ClusteredVectors } from './vectors.ts';

/** The k rows with the highest dot products in float64, for each query. */
export function nearestRows(
  vectors: ClusteredVectors,
  queries: readonly Float32Array[],
  k: number,
): readonly (readonly number[])[] {
  const best = queries.map(() => [] as { row: number; score: number }[]);
  for (let chunk = 0; chunk * CHUNK_ROWS < vectors.rows; chunk++) {
    const values = vectors.chunk(chunk);
    for (const [i, query] of queries.entries()) {
      const list = best[i]!;
      for (let at = 0; at < values.length; at += query.length) {
        const score = product(query, values, at);
        if (list.length === k && score <= list[k - 1]!.score) continue;
        const place = list.findIndex((one) => one.score < score);
        const row = chunk * CHUNK_ROWS + at / query.length;
        list.splice(place === -1 ? list.length : place, 0, { row, score });
        if (list.length > k) list.pop();
      }
    }
  }
  return best.map((list) => list.map(({ row }) => row));
}

/** The share of the nearest rows that were found. */
export function recall(
  found: readonly (readonly number[])[],
  nearest: readonly (readonly number[])[],
): number {
  const shares = nearest.map(
    (rows, i) => rows.filter((row) => found[i]!.includes(row)).length / rows.length,
  );
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

function product(query: Float32Array, values: Float32Array, at: number): number {
  let even = 0;
  let odd = 0;
  for (let k = 0; k + 1 < query.length; k += 2) {
    even += query[k]! * values[at + k]!;
    odd += query[k + 1]! * values[at + k + 1]!;
  }
  if (query.length % 2 === 1) even += query.at(-1)! * values[at + query.length - 1]!;
  return even + odd;
}
