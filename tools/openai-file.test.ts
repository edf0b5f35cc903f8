// OpenAI's models as `clip.load` downloads them: a TorchScript archive, and nothing else.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { modelAddress } from '../packages/api/src/models/zoo.ts';
import { openAiTensors } from '../packages/bench/src/kit/models/openai-tensors.ts';
import { fillWeight, recipePixels } from '../packages/bench/src/kit/models/recipe.ts';
import {
  modelOfCase,
  readCase,
  referenceCase,
} from '../packages/bench/src/kit/models/reference-case.ts';
import { loadClip } from '../packages/core/src/load-clip.ts';
import { modelFromFolder } from '../packages/core/src/node/index.ts';
import { torchScriptOf } from '../packages/core/src/weights/pytorch/testing/state-dict-file.ts';

const forwardCase = await readCase(referenceCase('tiny-rn'));
const { config, images, texts } = forwardCase;
const tokenizer = await (await modelOfCase(forwardCase)).read('tokenizer.json');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-openai-'));
  const tensors = openAiTensors(config)
    .filter(({ dtype }) => dtype === 'F32')
    .map(({ name, shape, recipe }) => {
      const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
      fillWeight(name, shape, 0, values, recipe);
      return { name, shape, values };
    });
  // Scripts keep their masks.
  const mask = {
    name: 'transformer.resblocks.0.attn_mask',
    shape: [1],
    values: new Float32Array(1),
  };
  await writeFile(join(folder, 'RN.pt'), torchScriptOf([...tensors, mask]));
});
afterAll(() => rm(folder, { recursive: true }));

async function load(path: string) {
  const clip = await loadClip(await modelFromFolder(path));
  onTestFinished(() => clip.dispose());
  return clip;
}

test('without a tokenizer, it is said whose is to lie beside the file', async () => {
  await expect(load(folder)).rejects.toThrow(
    'expected tokenizer.json, or vocab.json with merges.txt, got none: put that of openai/clip-vit-base-patch32 beside the weights',
  );
});

test.each(['', 'RN.pt'])(
  'the file in a folder, named by %j, gives OpenAI’s embeddings',
  async (name) => {
    await writeFile(join(folder, 'tokenizer.json'), tokenizer!);
    const path = join(folder, name);
    expect(modelAddress(path)).toEqual({ kind: 'folder', path });
    const clip = await load(path);
    const size = clip.info.imageSize;
    const pixels = recipePixels(images!.embeddings.length, size, 0).map((data) => ({ size, data }));
    const actual = [
      ...(await clip.encodeImages(pixels, { normalize: false })),
      ...(await clip.encodeTexts(
        texts!.ids.map((ids) => ({ ids, truncated: false })),
        { normalize: false },
      )),
    ];
    const expected = [...images!.embeddings, ...texts!.embeddings];
    for (const [i, embedding] of actual.entries()) {
      const difference = Math.hypot(...embedding.map((value, j) => value - expected[i]![j]!));
      expect(difference / Math.hypot(...expected[i]!)).toBeLessThan(1e-5);
    }
  },
);

test('of several files one has to be named', async () => {
  const several = join(folder, 'several');
  await mkdir(several);
  for (const name of ['RN101.pt', 'RN50.pt']) await writeFile(join(several, name), '');
  await expect(load(several)).rejects.toThrow(
    'expected one *.pt, got RN101.pt, RN50.pt: name the file',
  );
});
