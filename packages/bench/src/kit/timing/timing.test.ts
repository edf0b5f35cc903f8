import { loadClip } from '@clipql/core';
import { describe, expect, test } from 'vitest';
import { batchOf, LABELS } from '../engines/workload.ts';
import { benchModel } from '../models/bench-model.ts';
import { executedTokens, operationsOf } from './operations.ts';
import { type PeakLoop, peakModule } from './peak-module.ts';
import { median } from './statistics.ts';
import { type Player, takeTurns } from './turns.ts';

const EVERYTHING = { skipsUnused: false };
const AS_CLIPQL = { skipsUnused: true };

describe('operations', () => {
  test('of ViT-B/32’s image tower are 8.8 · 10⁹ where all rows are computed', () => {
    // 12 blocks of 50 tokens: 12·D² weights each, and 2·T²·D for attention; then the patches.
    const block = 2 * 50 * 12 * 768 ** 2 + 4 * 50 ** 2 * 768;
    const rest = 2 * 49 * 3072 * 768 + 2 * 768 * 512;
    const image = { tower: 'image', batch: 1 } as const;
    expect(operationsOf(image, {}, EVERYTHING)).toBe(12 * block + rest);
    // The last block's query, scores, output projection and MLP are for one token of 50.
    const skipped = 2 * 49 * 10 * 768 ** 2 + 4 * 49 * 50 * 768;
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

  test.each(['nano', 'lite'])('of %s are those that core counts in its plans', async (name) => {
    const { files, config } = await benchModel(name);
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

describe('the peak loops', () => {
  const runOf = (loop: PeakLoop): ((iterations: number, byte: number) => number) => {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(peakModule(loop)));
    return exports.run as ReturnType<typeof runOf>;
  };

  test('in int8 make 12 · 8 steps of 4 products a lane, as many times as told', () => {
    expect(runOf('int8')(5, 3)).toBe(12 * 8 * 4 * 9 * 5);
  });

  test('in float32 add 8 products to each of 12 accumulators, as many times as told', () => {
    const [factor] = new Float32Array(Uint8Array.of(0x3f, 0x3f, 0x3f, 0x3f).buffer);
    const product = factor! ** 2;
    // Relaxed SIMD may round the product before it is added, or not.
    const sums = [Math.fround(product), product].map((one) => {
      let sum = 0;
      for (let step = 0; step < 8 * 5; step++) sum = Math.fround(sum + one);
      const [bits] = new Int32Array(Float32Array.of(sum).buffer);
      return Math.imul(12, bits!);
    });
    expect(sums).toContain(runOf('f32')(5, 0x3f));
  });
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

test('the median of an even number of values is the mean of the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('the text workload is 32 different labels', () => {
  expect(new Set(LABELS).size).toBe(32);
  expect(batchOf({ tower: 'text', ids: LABELS.map(() => [0]), padTo: 1 })).toBe(32);
});
