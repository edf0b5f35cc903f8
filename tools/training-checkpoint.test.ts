// What open_clip's trainer saves, as it is: epoch_N.pt, with the config and the tokenizer of its model beside it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openAiTensors } from '../packages/bench/src/kit/models/openai-tensors.ts';
import { fillWeight, recipePixels } from '../packages/bench/src/kit/models/recipe.ts';
import {
  modelOfCase,
  readCase,
  referenceCase,
} from '../packages/bench/src/kit/models/reference-case.ts';
import { loadClip } from '../packages/core/src/load-clip.ts';
import { modelFromFolder } from '../packages/core/src/node/index.ts';
import { trainingCheckpointOf } from '../packages/core/src/weights/pytorch/testing/state-dict-file.ts';

const forwardCase = await readCase(referenceCase('open-clip-tiny'));
const { config, images, texts } = forwardCase;

/** @param others files beside the checkpoint. */
async function load(...others: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'clipql-training-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const tensors = openAiTensors(config)
    .filter(({ dtype }) => dtype === 'F32')
    .map(({ name, shape, recipe }) => {
      const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
      fillWeight(name, shape, 0, values, recipe);
      return { name, shape, values };
    });
  await writeFile(join(folder, 'epoch_1.pt'), trainingCheckpointOf(tensors));
  const model = await modelOfCase(forwardCase);
  for (const name of others) await writeFile(join(folder, name), (await model.read(name))!);
  const clip = await loadClip(await modelFromFolder(folder));
  onTestFinished(() => clip.dispose());
  return clip;
}

test('its model gives open_clip’s embeddings', async () => {
  const clip = await load('open_clip_config.json', 'tokenizer.json');
  const size = clip.info.imageSize;
  const pixels = recipePixels(images!.embeddings.length, size, 0).map((data) => ({ size, data }));
  const raw = { normalize: false };
  const tokens = texts!.ids.map((ids) => ({ ids, truncated: false }));
  const actual = [
    ...(await clip.encodeImages(pixels, raw)),
    ...(await clip.encodeTexts(tokens, raw)),
  ];
  for (const [i, expected] of [...images!.embeddings, ...texts!.embeddings].entries()) {
    const difference = Math.hypot(...actual[i]!.map((value, j) => value - expected[j]!));
    expect(difference / Math.hypot(...expected)).toBeLessThan(1e-5);
  }
});

test('without a config it is not taken for OpenAI’s model: what to write is said', async () => {
  await expect(load('tokenizer.json')).rejects.toMatchObject({
    code: 'MODEL_NOT_FOUND',
    message: expect.stringMatching(
      /expected open_clip_config\.json beside a checkpoint of open_clip's training.* write one, with/,
    ),
  });
});
