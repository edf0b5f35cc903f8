import { expect, test } from 'vitest';
import { checkSameEmbeddings } from './check.ts';
import { speedRow } from './row.ts';

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
  const longer = Float32Array.of(1, 2, 3, 4, 5, 6);
  expect(check('f32', longer)).toThrow('peer f32: expected 4 values, got 6');
});
