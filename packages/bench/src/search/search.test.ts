import { expect, test } from 'vitest';
import { runBench } from '../run-bench.ts';
import { nearestRows, recall } from './ground-truth.ts';
import { CHUNK_ROWS, ClusteredVectors } from './vectors.ts';

const cosine = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, k) => sum + value * b[k]!, 0);

test('the made-up embeddings have length 1, and texts lie apart from images as in CLIP', () => {
  const vectors = new ClusteredVectors(CHUNK_ROWS + 200, 128);
  const images = [0, 1].flatMap((chunk) => {
    const values = vectors.chunk(chunk);
    return Array.from({ length: values.length / 128 }, (_, i) =>
      values.slice(i * 128, (i + 1) * 128),
    );
  });
  expect(images).toHaveLength(CHUNK_ROWS + 200);
  for (const image of images) expect(cosine(image, image)).toBeCloseTo(1, 2);
  const between = images.slice(1).map((image) => cosine(images[0]!, image));
  expect(Math.max(...between)).toBeGreaterThan(0.65);
  expect(Math.min(...between)).toBeGreaterThan(0.25);
  for (const text of vectors.texts(5)) {
    const highest = Math.max(...images.map((image) => cosine(text, image)));
    expect(highest).toBeGreaterThan(0.1);
    expect(highest).toBeLessThan(0.5);
  }
});

test('the nearest rows are found over several chunks, also of an odd length', () => {
  const vectors = new ClusteredVectors(2_500, 7);
  const images = [0, 1, 2].flatMap((chunk) => [...vectors.chunk(chunk)]);
  const queries = vectors.texts(3);
  const expected = queries.map((query) => {
    const scores = Array.from({ length: 2_500 }, (_, row) => ({
      row,
      score: cosine(Float32Array.from(images.slice(row * 7, (row + 1) * 7)), query),
    }));
    scores.sort((a, b) => b.score - a.score || a.row - b.row);
    return scores.slice(0, 4).map(({ row }) => row);
  });
  expect(nearestRows(vectors, queries, 4)).toEqual(expected);
});

test('recall is the share of the nearest that were found, whatever their order', () => {
  expect(recall([[2, 1, 9, 8]], [[1, 2, 3, 4]])).toBe(0.5);
});

test('bench search measures ClipQL beside a probe of the memory', async () => {
  let printed = '';
  const streams = { stdout: (text: string) => (printed += text), stderr: () => {} };
  const args = ['search', '--rows', '3000', '--dim', '512', '--queries', '2', '--json'];
  await runBench(args, streams);
  const { rows, claims } = JSON.parse(printed);
  expect(rows).toEqual([
    {
      ...{ engine: 'clipql', rows: 3_000, 'recall@10': 1 },
      ...{ 'p50 ms': expect.any(Number), 'p95 ms': expect.any(Number) },
      ...{ 'build s': expect.any(Number), 'of index s': null },
      ...{ 'bytes/row': expect.any(Number), 'of index': null },
      ...{ 'GB/s': expect.any(Number), 'probe GB/s': expect.any(Number) },
      'of probe': expect.any(Number),
    },
  ]);
  expect(claims[0]).toEqual({
    ...{ claim: 'recall@10 of 3000 rows', measured: 1, limit: 0.999, least: true, passed: true },
  });
});
