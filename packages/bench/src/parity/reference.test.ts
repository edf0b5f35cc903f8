import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { enginesHere } from '../kit/clipql-engines.ts';
import { REFERENCE } from '../kit/folders.ts';
import { REFERENCE_CASES, referenceCase } from '../kit/models/reference-case.ts';
import { comparePixels } from './pixels.ts';
import { readPreprocessFolder } from './preprocess-folder.ts';
import { nanoTokens, openaiTokens, runParity } from './suite.ts';
import { failuresOf } from './testing/failures.ts';

const quiet = () => {};
const engines = await enginesHere((line) => {
  if (process.env.CLIPQL_REQUIRE_GPU === '1') throw new Error(line);
  test.skip(line, () => {});
});
const FULL_SIZE: readonly string[] = ['vit-b-32', 'open-clip-b-32-256', 'siglip2-b-32-256'];
const SMALL_CASES = REFERENCE_CASES.filter((name) => !FULL_SIZE.includes(name));
const RUNS = SMALL_CASES.flatMap((name) => engines.map((engine) => ({ name, ...engine })))
  // Lite takes long elsewhere: in full-size.slow.test.ts.
  .filter(({ name, backend }) => name !== 'lite' || backend === 'wasm');

const CLAIM =
  'embeddings agree with float64: in f32 within relative L2 1e-5, of SigLIP 3e-6, on the reference backend 1e-6, on the GPU 5e-5, logits within 2e-3 and 5e-3; in int8 with a cosine of at least 0.998, of nano 0.999';

describe(CLAIM, () => {
  test.each(RUNS)('$name on $backend $precision', async ({ name, ...engine }) => {
    const request = { preprocess: undefined, tokens: [] };
    const cases = [referenceCase(name)];
    const results = await runParity({ ...request, cases, engines: [engine] }, quiet);
    expect(results.map(({ row }) => row.tower)).toEqual(['image', 'text', 'logits']);
    expect(failuresOf(results)).toEqual([]);
  });
});

describe('token ids are equal', () => {
  test('to OpenAI’s for the 123 texts, with OpenAI’s vocabulary', async () => {
    const result = await openaiTokens();
    expect(failuresOf([result])).toEqual([]);
    expect(result.detail).toBe('123 texts');
  });

  test('to the training code’s, with nano’s vocabulary', async () => {
    expect(failuresOf([await nanoTokens()])).toEqual([]);
  });
});

test('pixels agree with Pillow’s: PNG within 1 level and 99.9 % equal, JPEG within a mean of 0.5', async () => {
  const { cases, unused } = await readPreprocessFolder(join(REFERENCE, 'preprocess'));
  expect(cases.length).toBe(64);
  expect(unused).toEqual([]);
  const results = [];
  for (const pixelCase of cases) results.push(await comparePixels(pixelCase));
  expect(failuresOf(results)).toEqual([]);
});
