import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { ModelFiles } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';
import { BenchError } from '../errors.ts';
import { REPOSITORY } from '../folders.ts';
import type { JsonObject } from '../input-file.ts';
import { openaiTokenizer } from './openai-tokenizer.ts';
import { recipeModel } from './recipe-model.ts';
import { readCase, referenceCase } from './reference-case.ts';

/** A model that is measured. */
export interface BenchModel {
  readonly name: string;
  readonly files: ModelFiles;
  /** Its `config.json`, or `open_clip_config.json`. */
  readonly config: JsonObject;
  /** Where it lies; undefined for a model made by the recipe. */
  readonly folder: string | undefined;
}

/** ViT-B/32 with weights by the recipe and OpenAI's tokenizer. */
const VIT_B_32 = 'vit-b-32';
const CONFIG_FILES = ['config.json', 'open_clip_config.json'];
/** The models of the repository. */
const OWN = ['lite', 'nano'];

/**
 * @param name `vit-b-32`, whose weights are made by the recipe; `lite`, the embedded model; `nano`; or a
 *   model's folder.
 * @throws BenchError BAD_OPTION for anything else.
 */
export async function benchModel(name: string): Promise<BenchModel> {
  if (name === VIT_B_32) {
    const { config } = await readCase(referenceCase(VIT_B_32));
    const files = recipeModel(name, config, await openaiTokenizer());
    return { name, config, files, folder: undefined };
  }
  const folder = OWN.includes(name) ? join(REPOSITORY, 'models', name) : resolve(name);
  const file = CONFIG_FILES.find((one) => existsSync(join(folder, one)));
  if (file === undefined) {
    const expected = `${VIT_B_32}, ${OWN.join(', ')} or a model's folder`;
    throw new BenchError('BAD_OPTION', `--model: expected ${expected}, got ${name}`);
  }
  const files = await modelFromFolder(folder);
  const config = JSON.parse(new TextDecoder().decode(await files.read(file)));
  return { name: basename(folder), files, config, folder };
}
