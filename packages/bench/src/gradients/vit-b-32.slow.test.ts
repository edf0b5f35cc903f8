import { expect, test } from 'vitest';
import { compareGradients } from './compare-gradients.ts';
import { REFERENCE_GRADIENTS, readGradientCases } from './gradient-case.ts';

test('gradients of ViT-B/32 at its full size agree with float64 within 1e-5', async () => {
  const cases = (await Promise.all(REFERENCE_GRADIENTS.map(readGradientCases))).flat();
  const full = cases.find(({ model }) => model === 'vit-b-32')!;
  expect((await compareGradients(full, 'wasm')).relL2).toBeLessThanOrEqual(1e-5);
});
