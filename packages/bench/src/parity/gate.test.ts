/**
 * Shows that the gate is worth something: each mistake that real ports of CLIP have made fails it.
 */
import type { ModelFiles } from '@clipql/core';
import { describe, expect, test } from 'vitest';
import {
  type ForwardCase,
  modelOfCase,
  readCase,
  referenceCase,
} from '../kit/models/reference-case.ts';
import { compareForward } from './forward.ts';
import type { ParityResult, Tower } from './row.ts';
import { failuresOf } from './testing/failures.ts';
import { type Mistake, withMistake } from './testing/mistaken-weights.ts';

const REFERENCE_F32 = { backend: 'reference', precision: 'f32' } as const;

/** The case with other fields in both towers' configs. */
const withFields = (forwardCase: ForwardCase, fields: object): ForwardCase => ({
  ...forwardCase,
  config: {
    ...forwardCase.config,
    vision_config: { ...Object(forwardCase.config.vision_config), ...fields },
    text_config: { ...Object(forwardCase.config.text_config), ...fields },
  },
});

async function failedTowers(forwardCase: ForwardCase, model?: ModelFiles): Promise<Tower[]> {
  const files = model ?? (await modelOfCase(forwardCase));
  return failed(await compareForward(forwardCase, files, REFERENCE_F32));
}

const failed = (results: readonly ParityResult[]): Tower[] =>
  results.filter(({ row }) => !row.passed).map(({ row }) => row.tower);

async function failedWith(names: RegExp, mistake: Mistake): Promise<Tower[]> {
  const forwardCase = await readCase(referenceCase('tiny-quick-gelu'));
  return failedTowers(forwardCase, withMistake(await modelOfCase(forwardCase), names, mistake));
}

describe('the gate', () => {
  test('lets the same cases pass without a mistake', async () => {
    for (const name of ['tiny-gelu', 'tiny-quick-gelu'] as const) {
      const forwardCase = await readCase(referenceCase(name));
      const model = await modelOfCase(forwardCase);
      expect(failuresOf(await compareForward(forwardCase, model, REFERENCE_F32))).toEqual([]);
    }
  });

  test('catches the tanh form of GELU, which a cosine does not', async () => {
    const rightCase = await readCase(referenceCase('tiny-gelu'));
    const forwardCase = withFields(rightCase, { hidden_act: 'gelu_pytorch_tanh' });
    const model = await modelOfCase(forwardCase);
    const results = await compareForward(forwardCase, model, REFERENCE_F32);
    expect(failed(results)).toEqual(expect.arrayContaining(['image', 'text']));
    for (const { row } of results) expect(row.minCosine).toBeGreaterThan(0.999999);
  });

  test('catches quick GELU in place of GELU', async () => {
    const forwardCase = await readCase(referenceCase('tiny-gelu'));
    const { vision_config } = forwardCase.config;
    const config = {
      ...forwardCase.config,
      vision_config: { ...Object(vision_config), hidden_act: 'quick_gelu' },
    };
    expect(await failedTowers({ ...forwardCase, config })).toEqual(
      expect.arrayContaining(['image']),
    );
  });

  test.each(['tiny-gelu', 'tiny-quick-gelu'] as const)(
    'catches an epsilon of 1e-6 in place of 1e-5: %s',
    async (name) => {
      const forwardCase = await readCase(referenceCase(name));
      const wrong = withFields(forwardCase, { layer_norm_eps: 1e-6 });
      expect(await failedTowers(wrong)).toEqual(expect.arrayContaining(['image', 'text']));
    },
  );

  test.each([
    ['the exact GELU in place of tanh’s', { hidden_act: 'gelu' }],
    ['an epsilon of 1e-5 in place of 1e-6', { layer_norm_eps: 1e-5 }],
  ])('catches, in SigLIP, %s', async (_, wrong) => {
    const forwardCase = await readCase(referenceCase('siglip-tiny'));
    expect(await failedTowers(withFields(forwardCase, wrong))).toEqual(
      expect.arrayContaining(['image', 'text']),
    );
  });

  test('catches, in SigLIP, a head without its MLP, and a missing logit bias', async () => {
    const forwardCase = await readCase(referenceCase('siglip-tiny'));
    const zero: Mistake = (values) => values.fill(0);
    const model = await modelOfCase(forwardCase);
    expect(await failedTowers(forwardCase, withMistake(model, /head\.mlp\.fc2/, zero))).toEqual(
      expect.arrayContaining(['image']),
    );
    expect(await failedTowers(forwardCase, withMistake(model, /^logit_bias$/, zero))).toEqual([
      'logits',
    ]);
  });

  test('catches a missing attention scale', async () => {
    const times =
      (factor: number): Mistake =>
      (values) =>
        values.set(values.map((value) => value * factor));
    const forwardCase = await readCase(referenceCase('tiny-quick-gelu'));
    let model = await modelOfCase(forwardCase);
    model = withMistake(model, /^vision_model\..*q_proj/, times(Math.sqrt(128 / 2)));
    model = withMistake(model, /^text_model\..*q_proj/, times(Math.sqrt(96 / 3)));
    expect(await failedTowers(forwardCase, model)).toEqual(['image', 'text', 'logits']);
  });

  test('catches a missing logit scale, in the logits alone', async () => {
    expect(await failedWith(/^logit_scale$/, (values) => values.fill(0))).toEqual(['logits']);
  });

  test('catches one wrong weight of a layer norm', async () => {
    const nudgeFirst: Mistake = (values) => {
      values[0]! *= 1.01;
    };
    expect(await failedWith(/layers\.0\.layer_norm2\.weight$/, nudgeFirst)).toEqual(
      expect.arrayContaining(['image', 'text']),
    );
  });
});
