import { loadClip } from '@clipql/core';
import { describe, expect, test } from 'vitest';
import { benchModel } from './bench-model.ts';
import { checkSameEmbeddings } from './check.ts';
import { executedTokens, operationsOf } from './operations.ts';
import { peakModule } from './peak-module.ts';
import { median, speedRow } from './row.ts';
import { type Player, takeTurns } from './turns.ts';
import { batchOf, LABELS } from './workload.ts';

const EVERYTHING = { skipsUnused: false };
const AS_CLIPQL = { skipsUnused: true };

describe('operations', () => {
  test('of ViT-B/32’s image tower are 8.8 · 10⁹ where all rows are computed', () => {
    // 12 blocks of 50 tokens: 12·D² weights each, and 2·T²·D for attention; then the patches.
    const block = 2 * 50 * 12 * 768 ** 2 + 4 * 50 ** 2 * 768;
    const rest = 2 * 49 * 3072 * 768 + 2 * 768 * 512;
    const image = { tower: 'image', batch: 1 } as const;
    expect(operationsOf(image, {}, EVERYTHING)).toBe(12 * block + rest);
    const skipped = 2 * 49 * 9 * 768 ** 2;
    expect(operationsOf(image, {}, AS_CLIPQL)).toBe(12 * block + rest - skipped);
    expect(operationsOf({ tower: 'image', batch: 8 }, {}, AS_CLIPQL)).toBe(
      8 * operationsOf(image, {}, AS_CLIPQL),
    );
  });

  test('of texts are of their own tokens for ClipQL, of the padded length for others', () => {
    const ids = [
      [1, 2, 3],
      [1, 2, 3, 4, 5],
    ];
    const texts = { tower: 'text', ids, padTo: 9 } as const;
    expect(executedTokens(texts, {}, AS_CLIPQL)).toBe(8);
    expect(executedTokens(texts, {}, EVERYTHING)).toBe(18);
    const one = { tower: 'text', ids: [[1, 2, 3]], padTo: 3 } as const;
    // 6 of the 9 pairs of three tokens are seen, and one row in place of three goes on at the end.
    const skipped = 12 * 4 * 3 * 512 + 2 * 2 * 9 * 512 ** 2;
    expect(operationsOf(one, {}, AS_CLIPQL)).toBe(operationsOf(one, {}, EVERYTHING) - skipped);
  });

  test('are those that core counts in its plans', async () => {
    const { files, config } = await benchModel('nano');
    const clip = await loadClip(files);
    expect(clip.imageOperations).toBe(
      operationsOf({ tower: 'image', batch: 1 }, config, AS_CLIPQL),
    );
    for (const text of ['a', 'a photo of a golden retriever.', 'a '.repeat(200)]) {
      const tokenized = clip.tokenize(text);
      const { ids } = tokenized;
      const workload = { tower: 'text', ids: [ids], padTo: ids.length } as const;
      expect(clip.textOperations(tokenized)).toBe(operationsOf(workload, config, AS_CLIPQL));
    }
    clip.dispose();
  });
});

test('the peak loops are valid WebAssembly and count down to their end', () => {
  for (const loop of ['f32', 'int8'] as const) {
    const bytes = peakModule(loop);
    expect(WebAssembly.validate(bytes)).toBe(true);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    const run = exports.run as (iterations: number, byte: number) => number;
    // In int8: 12 accumulators, 8 steps, 4 products of 3 · 3 a lane, 5 times.
    if (loop === 'int8') expect(run(5, 3)).toBe(12 * 8 * 4 * 9 * 5);
    else expect(Number.isInteger(run(5, 3))).toBe(true);
  }
});

test('engines take turns, and every pass is kept', async () => {
  const turns: string[] = [];
  const player = (name: string, time: number): Player => ({
    ask: async () => {
      turns.push(name);
      return [time, time + turns.length];
    },
  });
  const workload = { tower: 'image', batch: 1 } as const;
  const parts = [player('A', 10), player('B', 20)].map((each) => ({ player: each, workload }));
  const times = await takeTurns(parts, { rounds: 2, milliseconds: 1 });
  expect(turns.join('')).toBe('ABAB');
  expect(times).toEqual([
    [10, 11, 10, 13],
    [20, 22, 20, 24],
  ]);
});

test('a row has the median of its passes, and its speed against the peak of its precision', () => {
  const subject = {
    engine: 'clipql',
    backend: 'wasm relaxed',
    precision: 'int8',
    tower: 'image',
    batch: 8,
    executedTokens: 400,
    realTokens: 400,
    threads: 2,
  } as const;
  const row = speedRow(subject, 4e9, [30, 10, 20], { f32: 50, int8: 200 });
  expect(row).toMatchObject({ medianMs: 20, minMs: 10, perItemMs: 2.5, gflops: 200, ofPeak: 0.5 });
  expect(speedRow(subject, 4e9, [1], { f32: undefined, int8: undefined }).ofPeak).toBeNull();
  expect(median([1, 2, 3, 4])).toBe(2.5);
});

test('an engine with other embeddings is not timed', () => {
  const right = Float32Array.of(1, 2, 3, 4);
  const off = Float32Array.of(1, 2, 3, 4.01);
  const wrong = Float32Array.of(4, 3, 2, 1);
  const check = (precision: 'f32' | 'int8', actual: Float32Array) => () =>
    checkSameEmbeddings('peer', precision, actual, right, 2);
  expect(check('f32', right)).not.toThrow();
  expect(check('f32', off)).toThrow(/^peer f32: expected relL2 ≤ 1e-4, got relL2 2.0e-3/);
  expect(check('int8', off)).not.toThrow();
  expect(check('int8', wrong)).toThrow(/minCosine/);
});

test('the text workload is 32 different labels', () => {
  expect(new Set(LABELS).size).toBe(32);
  expect(batchOf({ tower: 'text', ids: LABELS.map(() => [0]), padTo: 1 })).toBe(32);
});
