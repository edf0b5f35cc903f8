import { seededNumbers } from '../../testing/seeded.ts';

/** The same index as plain arrays: brute force in float64. */
export class NaiveIndex {
  readonly #rows = new Map<number, Float32Array>();
  nextRow = 0;

  get size(): number {
    return this.#rows.size;
  }

  get rows(): readonly number[] {
    return [...this.#rows.keys()];
  }

  append(vectors: readonly Float32Array[], rows?: readonly number[]): void {
    for (const [at, vector] of vectors.entries()) {
      const row = rows?.[at] ?? this.nextRow;
      this.#rows.set(row, vector);
      this.nextRow = row + 1;
    }
  }

  remove(rows: Iterable<number>): number {
    let count = 0;
    for (const row of rows) if (this.#rows.delete(row)) count++;
    return count;
  }

  /** The k best, ties by row. */
  search(
    query: Float32Array,
    k: number,
    isWanted: (row: number) => boolean = () => true,
  ): readonly { readonly row: number; readonly score: number }[] {
    return [...this.#rows]
      .filter(([row]) => isWanted(row))
      .map(([row, vector]) => ({ row, score: product(query, vector) }))
      .sort((a, b) => b.score - a.score || a.row - b.row)
      .slice(0, k);
  }

  /** Of the row with this number, undefined when there is none. */
  score(query: Float32Array, row: number): number | undefined {
    const vector = this.#rows.get(row);
    return vector === undefined ? undefined : product(query, vector);
  }
}

function product(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return Math.fround(sum);
}

/**
 * Vectors of length 1 in clusters, one in a hundred numbers of each vector is much larger than the rest, as in CLIP's
 * embeddings.
 *
 * @param spread of a cluster, beside its centre's length of 1.
 */
export function clusteredVectors(
  count: number,
  dimensions: number,
  seed: number,
  { clusters = 20, spread = 0.5 } = {},
): Float32Array[] {
  const centres = Array.from({ length: clusters }, (_, i) =>
    unit(seededNumbers(dimensions, 1000 + i), 1),
  );
  const picks = seededNumbers(count, seed);
  return Array.from({ length: count }, (_, i) => {
    const centre = centres[Math.floor(((picks[i]! + 1) / 2) * clusters)]!;
    const noise = unit(seededNumbers(dimensions, seed * 7919 + i), spread);
    const vector = centre.map((value, k) => (value + noise[k]!) * (k % 100 === 7 ? 8 : 1));
    return unit(vector, 1);
  });
}

function unit(vector: Float32Array, length: number): Float32Array {
  const norm = Math.hypot(...vector) || 1;
  return vector.map((value) => (value / norm) * length);
}

export function joined(vectors: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(vectors.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const vector of vectors) {
    all.set(vector, at);
    at += vector.length;
  }
  return all;
}
