import { expect, test } from 'vitest';
import { staleKernels } from './build-kernels.ts';

test('the committed kernels are what packages/core/assembly compiles to', async () => {
  expect(await staleKernels(), 'run `pnpm kernels` and commit the result').toEqual([]);
});
