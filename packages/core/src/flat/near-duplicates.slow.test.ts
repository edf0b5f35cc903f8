/**
 * FlatIndex against brute force in float64 where 8 bits cannot tell the rows apart, or rows and queries are as awkward
 * as they can be.
 */
import { describe, expect, onTestFinished, test } from 'vitest';
import { seededNormal, seededNumbers } from '../testing/seeded.ts';
import { FlatIndex } from './flat-index.ts';
import { RowSet } from './row-set.ts';
import { bothOf, expectSame } from './testing/both.ts';
import { clusteredVectors, joined, NaiveIndex } from './testing/naive-index.ts';

const DIMENSIONS = 48;
const ROWS = 1_500;

const noise = (row: number, scale: number): Float32Array =>
  seededNormal(DIMENSIONS, 77 + row).map((value) => value * scale);

const vectorsBy = (make: (row: number) => Float32Array, rows = ROWS): Float32Array[] =>
  Array.from({ length: rows }, (_, row) => make(row));

const [centre] = clusteredVectors(1, DIMENSIONS, 20);

/** Vectors near the centre, at such a distance. */
const nearCentre = (row: number, distance: number): Float32Array =>
  noise(row, distance).map((value, k) => centre![k]! + value);

/** By name, the vectors of row numbers. */
const KINDS: Readonly<Record<string, (row: number) => Float32Array>> = {
  'duplicates of five vectors': (row) => noise(row % 5, 1),
  'vectors that differ in the last bits of float32': (row) => nearCentre(row, 1e-6),
  'vectors that differ by a hundredth of an 8-bit step': (row) => nearCentre(row, 1e-5),
  'vectors with one number that dwarfs all others': (row) =>
    noise(row, 1).map((value, k) => (k === 9 ? 5_000 : value)),
  'vectors of which all but one number round to 0': (row) =>
    noise(row, 1).map((value, k) => (k === 9 ? 300 : 0.3 + 0.001 * value)),
  'vectors of lengths from 1e-36 to 1e4': (row) => noise(row, 10 ** ((row % 41) - 36)),
  'vectors of lengths of about 1e-30': (row) => noise(row, 1e-30 * (1 + row / ROWS)),
  'vectors with subnormal numbers': (row) => noise(row, 1e-41),
  'zeros, and a few other vectors': (row) => noise(row, row % 100 === 99 ? 1 : 0),
};

const one = (at: number): Float32Array =>
  Float32Array.from({ length: DIMENSIONS }, (_, k) => Number(k === at));

/** By name. */
const QUERIES: Readonly<Record<string, Float32Array>> = {
  'a usual one': noise(-1, 1),
  'the centre': centre!,
  'all ones but where the outlier is': one(9).map((value) => 1 - value),
  'one number': one(9),
  zeros: new Float32Array(DIMENSIONS),
  'small numbers': noise(-4, 1e-10),
  'tiny numbers': noise(-2, 1e-37),
  'huge numbers': noise(-3, 1e37),
};

describe.each(Object.entries(KINDS))('%s', (_, make) => {
  test.each([
    ['without a filter', undefined],
    ['with a filter that leaves a third', RowSet.of(vectorRows((row) => row % 3 === 1))],
    ['with a filter that leaves 20', RowSet.of(vectorRows((row) => row % 125 === 99))],
  ])('are ranked by their true scores, %s', async (_, filter) => {
    const both = await bothOf(vectorsBy(make));
    const queries = Object.values(QUERIES);
    const found = await both.index.search(joined(queries), { k: 10, ...(filter && { filter }) });
    for (const [i, name] of Object.keys(QUERIES).entries()) {
      const isWanted = filter && ((row: number) => filter.has(row));
      const expected = both.naive.search(queries[i]!, 10, isWanted);
      expect([...found[i]!.rows], name).toEqual(expected.map(({ row }) => row));
      expect([...found[i]!.scores], name).toEqual(expected.map(({ score }) => score));
    }
  });
});

function vectorRows(isWanted: (row: number) => boolean): number[] {
  return Array.from({ length: ROWS }, (_, row) => row).filter(isWanted);
}

test('the 10 nearest in one narrow cluster are found', async () => {
  const narrow = { clusters: 1, spread: 0.1 };
  const both = await bothOf(clusteredVectors(4_000, 256, 3, narrow));
  const queries = clusteredVectors(50, 256, 4, narrow);
  const found = await both.index.search(joined(queries), { k: 10 });
  const missed = queries.flatMap((query, i) =>
    both.naive.search(query, 10).filter(({ row }) => !found[i]!.rows.includes(row)),
  );
  expect(missed).toEqual([]);
});

test.each([1, 2])(
  'of more rows than are scored at a time, the nearest can be any, on %i threads',
  async (threads) => {
    const vectors = Array.from({ length: 25_000 }, (_, row) =>
      seededNumbers(16, row, 1e-6).map((value) => value + 0.25),
    );
    const best = [24_999, 12_000, 21_003, 7];
    for (const [i, row] of best.entries()) vectors[row]![3]! += (9 - i) * 1e-5;
    const { index } = await bothOf(vectors, { threads });
    const query = Float32Array.from({ length: 16 }, (_, k) => Number(k === 3));
    const [hits] = await index.search(query, { k: 4 });
    expect([...hits!.rows]).toEqual(best);
  },
);

test('rows kept in half precision are ranked as they are kept', async () => {
  const vectors = vectorsBy((row) => nearCentre(row, 3e-3));
  const index = await FlatIndex.create({ dimensions: DIMENSIONS });
  onTestFinished(() => index.dispose());
  await index.append(joined(vectors));
  const naive = new NaiveIndex();
  naive.append(vectors.map((vector) => vector.map(Math.f16round)));
  for (const query of [centre!, noise(-1, 1), one(9)]) {
    await expectSame({ index, naive }, query, { k: 25 });
  }
});

test('rows that come, go and move during a search do not disturb it', async () => {
  const vectors = vectorsBy((row) =>
    nearCentre(row, 1e-6).map((value) => (row % 2 === 0 ? value : -value)),
  );
  const query = centre!;
  const nearer = vectorsBy((row) => nearCentre(row, 1e-3).map((value) => 1.001 * value), 200);
  const naive = new NaiveIndex();
  naive.append(vectors);
  let reads = 0;
  const readRows = async (rows: Uint32Array) => {
    if (reads++ === 0) {
      await index.remove(vectorRows((row) => row % 2 === 1));
      await index.compact();
      await index.append(joined(nearer));
    }
    return joined(Array.from(rows, (row) => vectors[row] ?? nearer[row - ROWS]!));
  };
  const index = await FlatIndex.create({ dimensions: DIMENSIONS, readRows });
  onTestFinished(() => index.dispose());
  await index.append(joined(vectors));
  const [hits] = await index.search(query, { k: 10 });
  expect([...hits!.rows]).toEqual(naive.search(query, 10).map(({ row }) => row));
  expect(reads).toBeGreaterThan(1);
});

test('numbers of a query that are too small for its 16 bits count', async () => {
  const dimensions = 4_096;
  const vectors = Array.from({ length: 420 }, (_, row) => {
    const vector = seededNumbers(dimensions, row, 0.1);
    if (row % 42 === 41) vector.fill(1);
    vector[0] = row % 42 === 41 ? 0.5 : 0.7 + 4e-4 * row;
    return vector;
  });
  const query = new Float32Array(dimensions).fill(1.1e-4);
  query[0] = 1;
  await expectSame(await bothOf(vectors), query, { k: 10 });
});

/** Errors of the scan's scores, in steps of the row times the length of the query. */
async function scanErrors(
  vectors: readonly Float32Array[],
  queries: readonly Float32Array[],
): Promise<number[]> {
  const { index, naive } = await bothOf(vectors);
  const errors: number[] = [];
  for (const query of queries) {
    const scores = await index.scores(query);
    for (const [row, vector] of vectors.entries()) {
      const step = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 126.5;
      errors.push((scores.get(row)! - naive.score(query, row)!) / (step * Math.hypot(...query)));
    }
  }
  return errors;
}

/** Six deviations of rounding to whole steps. */
const BOUND = 6 / Math.sqrt(12);

test('a scan’s errors have the deviation of uniform rounding, and stay within six', async () => {
  const vectors = Array.from({ length: 2_000 }, (_, i) => seededNormal(256, 500 + i));
  const queries = Array.from({ length: 40 }, (_, i) => seededNormal(256, 9_000 + i));
  const errors = await scanErrors(vectors, queries);
  expect(Math.max(...errors.map(Math.abs))).toBeLessThan(BOUND);
  const squares = errors.reduce((sum, error) => sum + error * error, 0);
  expect(Math.sqrt(squares / errors.length)).toBeCloseTo(1 / Math.sqrt(12), 2);
});

test.each([0.1, 0.25, 0.3, 0.49, 0.5])(
  'a scan’s errors stay within six deviations where every number is %d steps off',
  async (part) => {
    // Rounded to whole steps, these would all err alike: by hundreds of steps for 512 numbers.
    const vectors = Array.from({ length: 200 }, (_, row) =>
      seededNumbers(512, row).map((value, k) => (k === row ? 126.5 : Math.round(9 * value) + part)),
    );
    const ones = new Float32Array(512).fill(1);
    const errors = await scanErrors(vectors, [ones, seededNumbers(512, 5).map(Math.abs)]);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(BOUND);
  },
);
