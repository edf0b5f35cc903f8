/**
 * FlatIndex against brute force in float64. An index that keeps its rows in half precision scores them within an
 * absolute 1e-3 (that is the rounding of 512 numbers at its worst); one that reads them back as float32 exactly.
 */
import { describe, expect, onTestFinished, test } from 'vitest';
import { seededNumbers } from '../testing/seeded.ts';
import { FlatIndex } from './flat-index.ts';
import { RowSet } from './row-set.ts';
import { bothOf, expectSame } from './testing/both.ts';
import { clusteredVectors, joined, NaiveIndex } from './testing/naive-index.ts';

test.each([1, 2])('the 10 nearest are found in order, on %i threads', async (threads) => {
  const vectors = clusteredVectors(6_000, 192, 1);
  const both = await bothOf(vectors, { threads });
  const queries = clusteredVectors(40, 192, 2);
  const found = await both.index.search(joined(queries), { k: 10 });
  for (const [i, query] of queries.entries()) {
    const expected = both.naive.search(query, 10);
    expect([...found[i]!.rows], `query ${i}`).toEqual(expected.map(({ row }) => row));
  }
});

describe.each([1, 2, 15, 16, 17, 31, 100, 513])('vectors of %i numbers', (dimensions) => {
  test.each([1, 3, 255, 256, 257, 700])('%i rows', async (count) => {
    const vectors = clusteredVectors(count, dimensions, dimensions);
    const both = await bothOf(vectors);
    const [query] = clusteredVectors(1, dimensions, 99);
    await expectSame(both, query!, { k: 20 });
    const scores = await both.index.scores(query!);
    const wrong = vectors.map((_, row) =>
      Math.abs(scores.get(row)! - both.naive.score(query!, row)!),
    );
    expect(Math.max(...wrong)).toBeLessThan(0.01);
  });
});

test('rows with equal scores come in the order of their numbers, however many there are', async () => {
  const same = clusteredVectors(1, 32, 1)[0]!;
  const both = await bothOf(Array.from({ length: 3_000 }, () => same));
  const [hits] = await both.index.search(same, { k: 300 });
  expect([...hits!.rows]).toEqual(Array.from({ length: 300 }, (_, row) => row));
});

test.each([
  ['no row', () => false],
  ['1 row', (row: number) => row === 1_234],
  ['1 % of the rows', (row: number) => row % 100 === 3],
  ['50 % of the rows', (row: number) => row % 2 === 1],
  ['all rows and many more', () => true],
])('a filter that leaves %s', async (_, isWanted) => {
  const both = await bothOf(clusteredVectors(2_000, 64, 5));
  const rows = Array.from({ length: 5_000 }, (_, row) => row).filter(isWanted);
  for (const query of clusteredVectors(5, 64, 6)) {
    await expectSame(both, query, { k: 30, filter: RowSet.of(rows) });
  }
});

test('one scan gives the best of a filter and the scores of all', async () => {
  const vectors = clusteredVectors(600, 48, 7);
  const both = await bothOf(vectors);
  await both.index.remove([5, 599]);
  const filter = RowSet.of([5, 6, 7]);
  const queries = clusteredVectors(2, 48, 8);
  const found = await both.index.search(joined(queries), { k: 5, filter, allScores: true });
  for (const [i, { rows, allScores }] of found.entries()) {
    expect([...rows].sort()).toEqual([6, 7]);
    expect(allScores).toEqual(await both.index.scores(queries[i]!));
    const present = vectors.map((_, row) => row).filter((row) => row !== 5 && row !== 599);
    expect([...allScores.rows]).toEqual(present);
    expect([...allScores.values]).toEqual(
      present.map((row) => expect.closeTo(both.naive.score(queries[i]!, row)!, 2)),
    );
  }
});

test('several queries find what each finds alone, on one thread and on two', async () => {
  const vectors = clusteredVectors(5_000, 128, 9);
  const queries = clusteredVectors(37, 128, 10);
  const one = await bothOf(vectors);
  const two = await bothOf(vectors, { threads: 2 });
  const together = await one.index.search(joined(queries), { k: 12 });
  expect(await two.index.search(joined(queries), { k: 12 })).toEqual(together);
  for (const [i, query] of queries.entries()) {
    expect(await one.index.search(query, { k: 12 })).toEqual([together[i]]);
  }
});

test('halves are taken as they are, and kept unless they can be read again', async () => {
  // Every half of magnitude up to 65504, four at a time; 0x8000 is −0.
  const halves = Uint16Array.from({ length: 0x7c00 * 2 }, (_, i) => (i >> 1) | ((i & 1) << 15));
  const dimensions = 4;
  const index = await FlatIndex.create({ dimensions });
  onTestFinished(() => index.dispose());
  await index.append(halves);
  const values = Float32Array.from(halves, halfValue);
  for (const at of [0, 1, 2, 3]) {
    const query = Float32Array.from({ length: 4 }, (_, k) => (k === at ? 1 : 0));
    const [hits] = await index.search(query, { k: 10_000 });
    const got = [...hits!.rows].map((row, i) => [values[row * 4 + at], hits!.scores[i]]);
    expect(got.every(([value, score]) => value === score)).toBe(true);
    expect(hits!.rows).toHaveLength(10_000);
  }
});

test('float32 vectors are kept as the nearest half', async () => {
  const exact = [
    1 + 2 ** -11,
    1 + 3 * 2 ** -11,
    -(2 ** -24),
    3 * 2 ** -25,
    2 ** -25,
    65_519,
    2 ** -14 - 2 ** -26,
  ];
  const nearest = [1, 1 + 2 ** -9, -(2 ** -24), 2 ** -23, 0, 65_504, 2 ** -14];
  const index = await FlatIndex.create({ dimensions: 1 });
  onTestFinished(() => index.dispose());
  await index.append(Float32Array.from(exact));
  const [hits] = await index.search(Float32Array.of(1), { k: 10 });
  const kept = new Map([...hits!.rows].map((row, i) => [row, hits!.scores[i]]));
  expect(exact.map((_, row) => kept.get(row))).toEqual(nearest);
});

/** As IEEE 754 has it. */
function halfValue(half: number): number {
  const exponent = (half >> 10) & 31;
  const fraction = (half & 1023) / 1024;
  const magnitude = exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15);
  return half & 0x8000 ? -magnitude : magnitude;
}

test.each([1, 2, 3])(
  'appends, removals, compactions and searches at random do as plain arrays do, seed %i',
  async (seed) => {
    const dimensions = 24;
    const vectors: Float32Array[] = [];
    const readRows = (rows: Uint32Array) => joined(Array.from(rows, (row) => vectors[row]!));
    const index = await FlatIndex.create({ dimensions, readRows });
    onTestFinished(() => index.dispose());
    const naive = new NaiveIndex();
    const dice = seededNumbers(20_000, seed);
    let at = 0;
    const below = (limit: number) => Math.floor(((dice[at++]! + 1) / 2) * limit);
    for (let step = 0; step < 80; step++) {
      const kind = below(5);
      if (kind <= 1) {
        const added = clusteredVectors(below(400), dimensions, seed * 100 + step);
        let row = index.nextRow;
        const rows = added.map((vector) => {
          row += kind * below(3);
          vectors[row] = vector;
          return row++;
        });
        await index.append(joined(added), rows);
        naive.append(added, rows);
      } else if (kind === 2) {
        const first = below(naive.nextRow + 1);
        const every = 1 + below(3);
        const rows = Array.from({ length: below(600) }, (_, i) => first + i * every);
        expect(await index.remove(rows)).toBe(naive.remove(rows));
      } else if (kind === 3) {
        await index.compact();
      }
      expect([index.size, index.nextRow]).toEqual([naive.size, naive.nextRow]);
      expect([...(await index.rows())]).toEqual(naive.rows);
      const [query] = clusteredVectors(1, dimensions, 5_000 + step);
      await expectSame({ index, naive }, query!, { k: 1 + below(50) });
      const filter = RowSet.of(Array.from({ length: 200 }, (_, i) => i * (1 + (step % 9))));
      await expectSame({ index, naive }, query!, { k: 20, filter });
    }
  },
);

test('searches go on beside a compaction and see the same rows', async () => {
  const both = await bothOf(clusteredVectors(9_000, 16, 11));
  const removed = Array.from({ length: 9_000 }, (_, row) => row).filter((row) => row % 3 !== 1);
  both.naive.remove(removed);
  await both.index.remove(removed);
  let isDone = false;
  const compaction = both.index.compact().then(() => {
    isDone = true;
  });
  let beside = 0;
  for (const query of clusteredVectors(6, 16, 12)) {
    await expectSame(both, query, { k: 15 });
    if (!isDone) beside++;
  }
  await compaction;
  expect(beside).toBeGreaterThan(0);
});

test('the room of removed rows is used again after a compaction', async () => {
  const vectors = clusteredVectors(8_192, 16, 13);
  const index = await FlatIndex.create({ dimensions: 16 });
  onTestFinished(() => index.dispose());
  await index.append(joined(vectors));
  let live = Array.from({ length: 8_192 }, (_, row) => row);
  const { bytes } = index;
  for (let round = 0; round < 4; round++) {
    await index.remove(live.filter((_, i) => i % 2 === 0));
    live = live.filter((_, i) => i % 2 === 1);
    await index.compact();
    expect(index.bytes).toBeLessThan(bytes);
    const first = await index.append(joined(vectors.slice(0, 4_096)));
    live.push(...Array.from({ length: 4_096 }, (_, i) => first + i));
    expect(index.bytes).toBe(bytes);
  }
  expect(index.size).toBe(8_192);
});

test('scores and sums take the memory of the rows, however high their numbers are', async () => {
  const dimensions = 64;
  const vectors = clusteredVectors(300, dimensions, 21);
  const words = joined(clusteredVectors(8, dimensions, 22));
  const ask = async (rows: readonly number[]) => {
    const index = await FlatIndex.create({ dimensions, threads: 1 });
    onTestFinished(() => index.dispose());
    await index.append(joined(vectors), rows);
    await index.remove([rows[3]!]);
    const scores = await index.scores(vectors[5]!);
    const sums = await index.logSumExp(words, 10, rows[200]!);
    expect([...scores.rows]).toEqual(rows.filter((_, i) => i !== 3));
    expect([...sums.rows]).toEqual(rows.slice(200));
    return { scores: scores.values, sums: sums.values, bytes: index.bytes };
  };
  const high = await ask(vectors.map((_, i) => 700_000_000 + 1_000_000 * i));
  expect(high).toEqual(await ask([...vectors.keys()]));
});

test('the last row has the highest number, and an append behind it adds none', async () => {
  const index = await FlatIndex.create({ dimensions: 2 });
  onTestFinished(() => index.dispose());
  const last = 2 ** 32 - 2;
  await index.append(Float32Array.of(1, 0), [last]);
  await expect(index.append(Float32Array.of(1, 0))).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: 'expected a row number from 0 to 4,294,967,294, got 4,294,967,295',
  });
  expect(index.size).toBe(1);
  expect((await index.scores(Float32Array.of(0, 1))).get(last)).toBeCloseTo(0, 2);
});

const NEVER = { code: 'BAD_INPUT' };

test.each([
  [
    'vectors of another length',
    new Float32Array(5),
    undefined,
    'expected vectors of length a multiple of 2, got 5',
  ],
  [
    'a NaN',
    Float32Array.of(0, 1, 0, NaN),
    undefined,
    'expected finite numbers of at most 65,504 in a vector, got NaN at 1 of vector 1',
  ],
  [
    'an infinity',
    Float32Array.of(-Infinity, 1),
    undefined,
    'expected finite numbers of at most 65,504 in a vector, got -Infinity at 0 of vector 0',
  ],
  [
    'a number that no half can hold',
    Float32Array.of(1, 65_520),
    undefined,
    'expected finite numbers of at most 65,504 in a vector, got 65520 at 1 of vector 0',
  ],
  [
    'a half that is a NaN',
    Uint16Array.of(0, 0x7e00),
    undefined,
    'expected finite numbers of at most 65,504 in a vector, got the half 7e00 at 1 of vector 0',
  ],
  [
    'a row that has been given out',
    Float32Array.of(1, 0),
    [1],
    'expected a row number from 3 on, got 1',
  ],
  [
    'rows out of order',
    Float32Array.of(1, 0, 0, 1),
    [9, 9],
    'expected a row number from 10 on, got 9',
  ],
  [
    'a row for a vector too few',
    Float32Array.of(1, 0, 0, 1),
    [9],
    'expected rows of length 2, one for each vector, got 1',
  ],
  [
    'a row that is no number',
    Float32Array.of(1, 0),
    [NaN],
    'expected a row number from 0 to 4,294,967,294, got NaN',
  ],
])('%s is refused, and nothing of it is added', async (_, vectors, rows, message) => {
  const index = await FlatIndex.create({ dimensions: 2 });
  onTestFinished(() => index.dispose());
  await index.append(Float32Array.of(1, 0, 0, 1, 0.6, 0.8));
  await expect(index.append(vectors, rows)).rejects.toMatchObject({ ...NEVER, message });
  expect([index.size, index.nextRow]).toEqual([3, 3]);
  const [hits] = await index.search(Float32Array.of(1, 0), { k: 5 });
  expect([...hits!.rows]).toEqual([0, 2, 1]);
});

test('an append that fails late leaves the rows before it, across segments', async () => {
  const both = await bothOf(clusteredVectors(300, 8, 14));
  const more = joined(clusteredVectors(1_000, 8, 15));
  more[7_999] = NaN;
  await expect(both.index.append(more)).rejects.toMatchObject(NEVER);
  const [query] = clusteredVectors(1, 8, 16);
  await expectSame(both, query!, { k: 500 });
});

test.each([
  [Float32Array.of(1), { k: 1 }, 'expected queries of length a multiple of 2, got 1'],
  [Float32Array.of(1, NaN), { k: 1 }, 'expected finite numbers, got NaN at 1 of query 0'],
  [Float32Array.of(1, 0), { k: 0 }, 'expected k as a whole number from 1 to 10,000, got 0'],
  [Float32Array.of(1, 0), { k: 1.5 }, 'expected k as a whole number from 1 to 10,000, got 1.5'],
  [
    Float32Array.of(1, 0),
    { k: 1e9 },
    'expected k as a whole number from 1 to 10,000, got 1,000,000,000',
  ],
])('searching for %o with %o is refused', async (query, options, message) => {
  const index = await FlatIndex.create({ dimensions: 2 });
  onTestFinished(() => index.dispose());
  await expect(index.search(query, options)).rejects.toMatchObject({ ...NEVER, message });
});

test.each([
  [{ dimensions: 0 }, 'expected dimensions as a whole number from 1 to 16,384, got 0'],
  [{ dimensions: 20_000 }, 'expected dimensions as a whole number from 1 to 16,384, got 20,000'],
  [{ dimensions: 8, threads: 0 }, 'expected threads as a whole number from 1 to 256, got 0'],
])('an index with %o is refused', async (options, message) => {
  await expect(FlatIndex.create(options)).rejects.toMatchObject({ ...NEVER, message });
});

test('what nobody waits for any more is not scanned when its turn comes, nor scanned again', async () => {
  const [vector] = clusteredVectors(1, 32, 23);
  const equal = (count: number) => joined(Array.from({ length: count }, () => vector!));
  const waiting = new AbortController();
  const readRows = (rows: Uint32Array) => {
    waiting.abort(new Error('gone'));
    return equal(rows.length);
  };
  const index = await FlatIndex.create({ dimensions: 32, readRows });
  onTestFinished(() => index.dispose());
  await index.append(equal(9_000));
  const { signal } = waiting;
  // All are as near as the first, so one scan is not enough.
  await expect(index.search(vector!, { k: 1_000, signal })).rejects.toThrow('gone');
  await expect(index.scores(vector!, { signal })).rejects.toThrow('gone');
  expect((await index.scores(vector!)).rows).toHaveLength(9_000);
});

test('readRows that returns too little is an error of that search alone', async () => {
  let isShort = true;
  const readRows = (rows: Uint32Array) => new Float32Array(2 * rows.length - Number(isShort));
  const index = await FlatIndex.create({ dimensions: 2, readRows });
  onTestFinished(() => index.dispose());
  await index.append(Float32Array.of(1, 0, 0, 1));
  const search = () => index.search(Float32Array.of(1, 0), { k: 1 });
  await expect(search()).rejects.toThrow('expected readRows of length 4 for 2 rows, got 3');
  isShort = false;
  await expect(search()).resolves.toHaveLength(1);
});

test('an empty index finds nothing, and a disposed one says so', async () => {
  const index = await FlatIndex.create({ dimensions: 3 });
  const query = Float32Array.of(1, 0, 0);
  const [hits] = await index.search(query, { k: 7 });
  expect(hits!.rows).toHaveLength(0);
  expect((await index.scores(query)).rows).toHaveLength(0);
  await index.compact();
  index.dispose();
  const disposed = { code: 'DISPOSED', message: 'the index was disposed of' };
  await expect(index.search(query, { k: 1 })).rejects.toMatchObject(disposed);
  await expect(index.append(query)).rejects.toMatchObject(disposed);
  expect([index.size, index.bytes]).toEqual([0, 0]);
});
