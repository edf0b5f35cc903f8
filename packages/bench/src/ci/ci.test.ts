import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SpeedRow } from '../kit/reports/speed-report.ts';
import { compareRatios, readBaseline, writeBaseline } from './baseline.ts';
import { ratiosByProcessor, ratiosOf } from './ratios.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-ci-'));
});
afterAll(() => rm(folder, { recursive: true }));

const row = (engine: SpeedRow['engine'], minMs: number, threads = 1): SpeedRow => ({
  engine,
  backend: 'wasm',
  precision: 'f32',
  tower: 'image',
  batch: 1,
  executedTokens: 50,
  realTokens: 50,
  threads,
  medianMs: 2 * minMs,
  minMs,
  perItemMs: 2 * minMs,
  gflops: 20,
  ofPeak: 0.4,
});

test('ratios are of the fastest passes, to peers with the same work and to the peak', () => {
  const rows = [row('clipql', 50), row('onnxruntime-web', 100), row('onnxruntime-web', 70, 2)];
  expect(ratiosOf({ rows, peaks: { f32: 60, int8: undefined } })).toEqual({
    'image f32, batch 1, threads 1: ClipQL / onnxruntime-web': 0.5,
    'image f32, batch 1, threads 1: peak / ClipQL': 1.5,
  });
});

test('int8 is held to the ratios of its kind of processor', () => {
  const ratios = {
    'a int8 with dot products, b': 1,
    'a int8 without dot products, b': 2,
    'a f32, b': 3,
  };
  expect(ratiosByProcessor(ratios, { f32: 60, int8: 240 })).toEqual({
    here: { 'a int8 with dot products, b': 1, 'a f32, b': 3 },
    elsewhere: { 'a int8 without dot products, b': 2 },
  });
  expect(ratiosByProcessor(ratios, { f32: 46, int8: 73 }).elsewhere).toEqual({
    'a int8 with dot products, b': 1,
  });
});

describe('against the baseline', () => {
  const baseline = { tolerance: 0.4, ratios: { a: 1 } };

  test('a ratio passes within the tolerance and fails beyond it', () => {
    expect(compareRatios({ a: 1.39 }, baseline)[0]!.passed).toBe(true);
    expect(compareRatios({ a: 1.41 }, baseline)[0]!.passed).toBe(false);
  });

  test('a ratio that was not measured fails, and a new one passes', () => {
    expect(compareRatios({ b: 9 }, baseline)).toEqual([
      { name: 'a', ratio: undefined, baseline: 1, passed: false },
      { name: 'b', ratio: 9, baseline: undefined, passed: true },
    ]);
  });

  test('what is written is what is read, and the committed file can be read', async () => {
    const file = join(folder, 'baseline.json');
    await writeBaseline(file, baseline);
    expect(await readBaseline(file)).toEqual(baseline);
    const committed = new URL('../../baseline.json', import.meta.url);
    expect((await readBaseline(committed.pathname)).tolerance).toBeGreaterThan(0);
  });

  test.each(['{}', '{"tolerance":"much","ratios":{"a":1}}', '{"tolerance":1,"ratios":{}}'])(
    'a file of another form is refused: %s',
    async (content) => {
      const file = join(folder, 'wrong.json');
      await writeFile(file, content);
      await expect(readBaseline(file)).rejects.toMatchObject({ code: 'CASE_INVALID' });
    },
  );
});
