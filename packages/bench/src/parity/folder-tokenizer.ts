import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BACKENDS, type Clip, loadClip } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';
import { BenchError } from '../kit/errors.ts';
import { type JsonObject, readJsonObject } from '../kit/input-file.ts';
import { recipeModel } from '../kit/models/recipe-model.ts';

const CONFIG = 'config.json';
const OPEN_CLIP_CONFIG = 'open_clip_config.json';
const DEFINITIONS = ['tokenizer.json', 'vocab.json'];
const TOKENIZER_FILES = [...DEFINITIONS, 'merges.txt', 'tokenizer_config.json'];

/** The folder of a file of tokens, where it has a tokenizer of its own. */
export const tokenizerBeside = (file: string): string | undefined =>
  DEFINITIONS.some((name) => existsSync(join(dirname(file), name))) ? dirname(file) : undefined;

/**
 * A model with the tokenizer of a folder, to reach it through core. The folder's config says of what kind it is; its
 * towers are made as small as the vocabulary allows, and no weights are needed.
 *
 * @throws BenchError BAD_OPTION for a folder without a config; ClipError where core refuses the tokenizer.
 */
export async function loadFolderTokenizer(folder: string): Promise<Clip> {
  const files = await modelFromFolder(folder);
  const model = recipeModel('tokens', await smallConfig(folder));
  return loadClip(
    { ...model, read: (name) => (TOKENIZER_FILES.includes(name) ? files : model).read(name) },
    { backend: BACKENDS[0] },
  );
}

async function smallConfig(folder: string): Promise<JsonObject> {
  if (existsSync(join(folder, OPEN_CLIP_CONFIG))) {
    return smallOpenClip(await readJsonObject(join(folder, OPEN_CLIP_CONFIG)));
  }
  if (existsSync(join(folder, CONFIG))) {
    return smallTransformers(await readJsonObject(join(folder, CONFIG)));
  }
  const expected = `${CONFIG} or ${OPEN_CLIP_CONFIG}, which says of what kind its tokenizer is`;
  throw new BenchError('BAD_OPTION', `--tokenizer: expected ${expected}, got none in ${folder}`);
}

function smallTransformers(config: JsonObject): JsonObject {
  const tower = {
    ...{ hidden_size: 1, num_attention_heads: 1, intermediate_size: 1, num_hidden_layers: 1 },
    projection_size: 1,
  };
  return {
    model_type: config.model_type ?? 'clip',
    projection_dim: 1,
    vision_config: { ...tower, image_size: 1, patch_size: 1 },
    text_config: { ...Object(config.text_config), ...tower },
  };
}

function smallOpenClip({ model_cfg: model }: JsonObject): JsonObject {
  const text = Object((model as JsonObject | undefined)?.text_cfg);
  const tower = { width: 1, layers: 1, mlp_ratio: 1 };
  return {
    model_cfg: {
      ...{ embed_dim: 1, custom_text: true },
      vision_cfg: { ...tower, head_width: 1, image_size: 1, patch_size: 1 },
      text_cfg: { ...text, ...tower, heads: 1 },
    },
  };
}
