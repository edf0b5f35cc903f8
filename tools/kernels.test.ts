import { expect, test } from 'vitest';
import { isCurrent } from './build-kernels.ts';

test('the committed kernels are what packages/core/assembly compiles to', async () => {
  expect(await isCurrent(), 'run `pnpm kernels` and commit the result').toBe(true);
});
