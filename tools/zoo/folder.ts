/** The files of a model of the zoo, by the names and in the form of its publisher, with invented weights. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ZooModel } from '../../packages/api/src/models/zoo.ts';
import type { JsonObject } from '../../packages/bench/src/kit/input-file.ts';
import { checkpointTensors } from '../../packages/bench/src/kit/models/checkpoint-tensors.ts';
import { isOpenAi } from '../../packages/bench/src/kit/models/openai-sizes.ts';
import { openAiTensors } from '../../packages/bench/src/kit/models/openai-tensors.ts';
import { fillWeight } from '../../packages/bench/src/kit/models/recipe.ts';
import { recipeWeights } from '../../packages/bench/src/kit/models/recipe-weights.ts';
import type { CheckpointTensor } from '../../packages/bench/src/kit/models/tensor-shapes.ts';
import {
  stateDictOf,
  torchScriptOf,
} from '../../packages/core/src/weights/pytorch/testing/state-dict-file.ts';
import { ROOT } from '../documented/programs.ts';
import { OPENAI_MEAN, OPENAI_STD, PUBLISHED, type PublishedConfig } from './configs.ts';

const LAYOUTS = join(ROOT, 'packages/bench/reference/layouts');
const TOKENIZERS = {
  bytePairs: { file: join(LAYOUTS, 'open_clip/tokenizer.json'), vocabulary: 523 },
  gemma: { file: join(LAYOUTS, 'transformers-5-siglip2/tokenizer.json'), vocabulary: 311 },
  unigram: {
    file: join(ROOT, 'packages/core/src/text/testing/unigram.tokenizer.json'),
    vocabulary: 107,
  },
} as const;

/** @returns contents by the names that the zoo has. */
export async function inventedFiles(model: ZooModel): Promise<Record<string, Uint8Array>> {
  const published = PUBLISHED[model.id]!;
  const tokenizer = TOKENIZERS[tokenizerOf(model, published)];
  const config = published.json(true, tokenizer.vocabulary);
  const files: [string, Uint8Array][] = [];
  for (const { name } of model.files) {
    if (/\.(safetensors|bin|pt)$/.test(name)) files.push([name, await weights(name, config)]);
    else if (name === 'tokenizer.json') files.push([name, readFileSync(tokenizer.file)]);
    else if (/^(vocab\.json|merges\.txt)$/.test(name)) {
      files.push([name, tokenizerPart(name, tokenizer.file)]);
    } else files.push([name, smallFile(name, model, config)]);
  }
  return Object.fromEntries(files);
}

/** `vocab.json` or `merges.txt` of this `tokenizer.json`. */
function tokenizerPart(name: string, file: string): Uint8Array {
  const { model } = JSON.parse(readFileSync(file, 'utf8'));
  const merges: readonly (string | readonly string[])[] = model.merges;
  const lines = merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' ')));
  const text =
    name === 'vocab.json' ? JSON.stringify(model.vocab) : `#version: 0.2\n${lines.join('\n')}\n`;
  return new TextEncoder().encode(text);
}

const tokenizerOf = (model: ZooModel, { family }: PublishedConfig): keyof typeof TOKENIZERS => {
  if (!family.endsWith('siglip')) return 'bytePairs';
  return model.tasks.includes('multilingual') ? 'gemma' : 'unigram';
};

/** A config or a preprocessor, as it is published but for the config's sizes. */
export function smallFile(name: string, model: ZooModel, config: JsonObject): Uint8Array {
  switch (name) {
    case 'config.json':
      return json(config, 2);
    case 'open_clip_config.json':
      return PUBLISHED[model.id]!.family === 'open_clip_siglip'
        ? pythonJson(config)
        : json(config, 4);
    case 'preprocessor_config.json':
      return json(preprocessor(model), 2);
    case 'tokenizer_config.json':
      if (PUBLISHED[model.id]!.family === 'clip') return json(CLIP_TOKENIZER_CONFIG, 2);
      return json({ pad_token: model.tasks.includes('multilingual') ? '<pad>' : '</s>' }, 2);
    default:
      throw new Error(`${model.id}: nobody knows what is in ${name}`);
  }
}

const CLIP_TOKENIZER_CONFIG = {
  ...{ bos_token: '<|startoftext|>', eos_token: '<|endoftext|>', pad_token: '<|endoftext|>' },
  ...{ tokenizer_class: 'CLIPTokenizer', unk_token: '<|endoftext|>' },
};

function preprocessor({ id, resolution, tasks }: ZooModel): JsonObject {
  if (PUBLISHED[id]!.family === 'siglip') {
    const isSecond = tasks.includes('multilingual');
    return {
      ...(isSecond && { do_convert_rgb: null }),
      ...{ do_normalize: true, do_rescale: true, do_resize: true },
      ...{ image_mean: [0.5, 0.5, 0.5], image_processor_type: 'SiglipImageProcessor' },
      ...{ image_std: [0.5, 0.5, 0.5], processor_class: 'SiglipProcessor' },
      ...{ resample: isSecond ? 2 : 3, rescale_factor: 1 / 255 },
      size: { height: resolution, width: resolution },
    };
  }
  return {
    ...{ crop_size: resolution, do_center_crop: true, do_normalize: true, do_resize: true },
    feature_extractor_type: 'CLIPFeatureExtractor',
    ...{ image_mean: OPENAI_MEAN, image_std: OPENAI_STD, resample: 3, size: resolution },
  };
}

const json = (value: JsonObject, indent: number): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(value, null, indent)}\n`);

/** As Python writes small numbers, and without a line end. */
const pythonJson = (value: JsonObject): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(value, null, 2).replace('0.000001', '1e-06'));

export const tensorsOf = (config: JsonObject): readonly CheckpointTensor[] =>
  'model_cfg' in config || isOpenAi(config) ? openAiTensors(config) : checkpointTensors(config);

async function weights(name: string, config: JsonObject): Promise<Uint8Array> {
  const tensors = tensorsOf(config);
  if (!name.endsWith('.safetensors')) {
    const floats = tensors
      .filter(({ dtype }) => dtype === 'F32')
      .map((tensor) => ({ name: tensor.name, shape: tensor.shape, values: valuesOf(tensor) }));
    return name.endsWith('.pt') ? torchScriptOf(floats) : stateDictOf(floats);
  }
  const source = recipeWeights(tensors);
  const bytes = new Uint8Array(source.size);
  await source.read(0, bytes);
  return bytes;
}

function valuesOf({ name, shape, recipe }: CheckpointTensor): Float32Array {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  fillWeight(name, shape, 0, values, recipe);
  return values;
}
