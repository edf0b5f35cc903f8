/** Folders as their libraries write them, with weights by the recipe under the names of `tensors.json`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clip, loadClip } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';
import { expect, onTestFinished, test } from 'vitest';
import { REFERENCE } from '../kit/folders.ts';
import { recipeWeights } from '../kit/models/recipe-weights.ts';
import type { CheckpointTensor } from '../kit/models/tensor-shapes.ts';

const folderOf = (layout: string): string => join(REFERENCE, 'layouts', layout);

async function load(layout: string): Promise<Clip> {
  const folder = folderOf(layout);
  const header: Record<string, Omit<CheckpointTensor, 'name'>> = JSON.parse(
    await readFile(join(folder, 'tensors.json'), 'utf8'),
  );
  const tensors = Object.entries(header).flatMap(([name, tensor]) =>
    name === '__metadata__' ? [] : [{ name, ...tensor }],
  );
  const files = await modelFromFolder(folder);
  const clip = await loadClip({ ...files, openWeights: async () => recipeWeights(tensors) });
  onTestFinished(() => clip.dispose());
  return clip;
}

test('SigLIP 2 as transformers 5 saves it: squashed pixels, padded texts, a sigmoid for each label', async () => {
  const clip = await load('transformers-5-siglip2');
  expect(clip.info).toMatchObject({
    embeddingWidth: 32,
    imageSize: 32,
    contextLength: 64,
    logitBias: -9.5,
    classifyMode: 'sigmoid',
  });
  expect(clip.preprocessing.resize).toEqual({ width: 32, height: 32 });
  const { ids } = clip.tokenize('a cat');
  expect(ids).toHaveLength(64);
  const end = ids.indexOf(1);
  expect(ids.slice(end + 1)).toEqual(new Array(63 - end).fill(0));
  const pixels = { size: 32, data: new Float32Array(3 * 32 * 32).fill(0.1) };
  const [result] = await clip.classify([pixels], ['cat', 'dog']);
  for (const { logit, probability } of result!.scores) {
    expect(probability).toBeCloseTo(1 / (1 + Math.exp(-logit)), 6);
  }
});

test('NaFlex, whose images have any shape, is refused by name', async () => {
  const files = await modelFromFolder(folderOf('transformers-5-siglip2-naflex'));
  await expect(loadClip(files)).rejects.toMatchObject({
    code: 'MODEL_CONFIG_INVALID',
    message: expect.stringContaining('NaFlex'),
  });
});
