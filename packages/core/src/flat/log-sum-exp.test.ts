import { expect, onTestFinished, test } from 'vitest';
import { FlatIndex } from './flat-index.ts';
import { clusteredVectors, joined } from './testing/naive-index.ts';

/** In float64. */
function logSumExp(queries: readonly Float32Array[], row: Float32Array, scale: number): number {
  const logits = queries.map((query) =>
    query.reduce((sum, value, i) => sum + scale * value * row[i]!, 0),
  );
  const most = Math.max(...logits);
  return most + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0));
}

async function indexOf(vectors: readonly Float32Array[], threads = 1): Promise<FlatIndex> {
  const index = await FlatIndex.create({ dimensions: vectors[0]!.length, threads });
  onTestFinished(() => index.dispose());
  await index.append(joined(vectors));
  return index;
}

// The 8-bit rows give each logit an error of some thousandths of the scale.
test.each([
  [1, 1, 16, 18],
  [255, 7, 17, 34],
  [700, 130, 100, 100],
  [2_600, 452, 256, 117],
])(
  'the sums of %i rows with %i queries of %i numbers, scale %i, are those of float64',
  async (rows, queries, width, scale) => {
    const vectors = clusteredVectors(rows, width, 1);
    const words = clusteredVectors(queries, width, 2);
    const [one, two] = [await indexOf(vectors), await indexOf(vectors, 2)];
    const sums = await one.logSumExp(joined(words), scale);
    expect(sums.rows).toHaveLength(rows);
    expect(await two.logSumExp(joined(words), scale)).toEqual(sums);
    for (let row = 0; row < rows; row += 29) {
      const expected = logSumExp(words, vectors[row]!, scale);
      expect(Math.abs(sums.get(row)! - expected), `row ${row}`).toBeLessThan(0.01 * scale);
    }
  },
);

test('equal and opposite vectors with a high scale neither overflow nor vanish', async () => {
  const index = await indexOf([Float32Array.of(1, 0), Float32Array.of(-1, 0)]);
  const words = joined(Array.from({ length: 400 }, () => Float32Array.of(1, 0)));
  const [same, opposite] = (await index.logSumExp(words, 100)).values;
  expect(same).toBeCloseTo(100 + Math.log(400), 0);
  expect(opposite).toBeLessThan(-60);
});

test('only rows from the given one that are there are computed, and numbers may have gaps', async () => {
  const vectors = clusteredVectors(600, 32, 3);
  const words = clusteredVectors(9, 32, 4);
  const index = await indexOf(vectors);
  const all = await index.logSumExp(joined(words), 20);
  await index.append(joined(vectors.slice(0, 2)), [900, 1_000]);
  await index.remove([10, 550]);
  const { rows, values } = await index.logSumExp(joined(words), 20, 500);
  const expected = Array.from({ length: 100 }, (_, i) => 500 + i).filter((row) => row !== 550);
  expect([...rows]).toEqual([...expected, 900, 1_000]);
  expect([...values]).toEqual([...expected, 0, 1].map((row) => all.get(row)));
  expect((await index.logSumExp(joined(words), 20, 1_001)).rows).toHaveLength(0);
});
