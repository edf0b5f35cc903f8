import { expect, test } from 'vitest';
import { CPU_ENGINES } from '../kit/clipql-engines.ts';
import { referenceCase } from '../kit/models/reference-case.ts';
import { runParity } from './suite.ts';
import { failuresOf } from './testing/failures.ts';

const CLAIM =
  'full ViT-B/32 agrees with float64: in f32 within relative L2 1e-5, its logits within 2e-3; in int8 with a cosine of at least 0.998';

// On the GPU, `bench parity` runs it: without hardware that takes minutes.
test(CLAIM, {
  timeout: 600_000,
}, async () => {
  const cases = [referenceCase('vit-b-32')];
  const request = { engines: CPU_ENGINES, cases, preprocess: undefined, tokens: [] };
  const results = await runParity(request, () => {});
  expect(results.length).toBe(3 * CPU_ENGINES.length);
  expect(failuresOf(results)).toEqual([]);
});
