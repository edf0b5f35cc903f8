import { expect, test } from 'vitest';
import { type ClipqlEngine, CPU_ENGINES, enginesHere } from '../kit/clipql-engines.ts';
import { referenceCase } from '../kit/models/reference-case.ts';
import { runParity } from './suite.ts';
import { failuresOf } from './testing/failures.ts';

const TIME = { timeout: 600_000 };
const engines = await enginesHere((line) => {
  if (process.env.CLIPQL_REQUIRE_GPU === '1') throw new Error(line);
  test.skip(line, () => {});
});
const GPU_ENGINES = engines.filter(({ backend }) => backend === 'gpu');
const REFERENCE = engines.filter(({ backend }) => backend === 'reference');

async function expectParity(
  name: Parameters<typeof referenceCase>[0],
  on: readonly ClipqlEngine[],
): Promise<void> {
  const request = { engines: on, cases: [referenceCase(name)], preprocess: undefined, tokens: [] };
  const results = await runParity(request, () => {});
  expect(results.length).toBe(3 * on.length);
  expect(failuresOf(results)).toEqual([]);
}

const VIT =
  'full ViT-B/32 agrees with float64: in f32 within relative L2 1e-5, its logits within 2e-3; in int8 with a cosine of at least 0.998';

// On the GPU, `bench parity` runs it: without hardware that takes minutes.
test(VIT, TIME, () => expectParity('vit-b-32', CPU_ENGINES));

test('lite agrees with float64 on the reference backend: within relative L2 1e-6', TIME, () =>
  expectParity('lite', REFERENCE),
);

test.runIf(GPU_ENGINES.length > 0)(
  'lite agrees with float64 on the GPU: within relative L2 5e-5, its logits within 5e-3',
  TIME,
  () => expectParity('lite', GPU_ENGINES),
);
