import { loadClip } from '@clipql/core';
import { describe, expect, test } from 'vitest';
import { batchOf, LABELS } from '../engines/workload.ts';
import { benchModel } from '../models/bench-model.ts';
import { executedTokens, operationsOf } from './operations.ts';
import { peakModule } from './peak-module.ts';
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

test('the median of an even number of values is the mean of the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('the text workload is 32 different labels', () => {
  expect(new Set(LABELS).size).toBe(32);
  expect(batchOf({ tower: 'text', ids: LABELS.map(() => [0]), padTo: 1 })).toBe(32);
});
