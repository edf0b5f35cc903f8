import { BACKENDS } from '@clipql/core';
import { expect, test } from 'vitest';
import { failuresOf } from '../testing/failures.ts';
import { referenceCase, runParity } from './suite.ts';

test('full ViT-B/32 agrees with float64 within relative L2 1e-5, its logits within 2e-3', {
  timeout: 600_000,
}, async () => {
  const cases = [referenceCase('vit-b-32')];
  const request = { backends: BACKENDS, cases, preprocess: undefined, tokens: false };
  const results = await runParity(request, () => {});
  expect(results.length).toBe(3 * BACKENDS.length);
  expect(failuresOf(results)).toEqual([]);
});
