import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { ModelFiles } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';
import { BenchError } from '../errors.ts';
import { REPOSITORY } from '../folders.ts';
import type { JsonObject } from '../json-object.ts';
import { openaiTokenizer } from './openai-tokenizer.ts';
import { recipeModel } from './recipe-model.ts';
import { readCase, referenceCase } from './reference-case.ts';

/** A model that is measured. */
export interface BenchModel {
  readonly name: string;
  readonly files: ModelFiles;
  /** Its `config.json`. */
  readonly config: JsonObject;
  /** Where it lies; undefined for a model made by the recipe. */
  readonly folder: string | undefined;
}

/** ViT-B/32 with weights by the recipe and OpenAI's tokenizer. */
const VIT_B_32 = 'vit-b-32';
const NANO = 'nano';

/**
 * @param name `vit-b-32`, whose weights are made by the recipe; `nano`, the embedded model; or a
 *   model's folder.
 * @throws BenchError BAD_OPTION for anything else.
 */
export async function benchModel(name: string): Promise<BenchModel> {
  if (name === VIT_B_32) {
    const { config } = await readCase(referenceCase(VIT_B_32));
    const files = recipeModel(name, config, await openaiTokenizer());
    return { name, config, files, folder: undefined };
  }
  const folder = name === NANO ? join(REPOSITORY, 'models', NANO) : resolve(name);
  if (!existsSync(join(folder, 'config.json'))) {
    const expected = `${VIT_B_32}, ${NANO} or a model's folder`;
    throw new BenchError('BAD_OPTION', `--model: expected ${expected}, got ${name}`);
  }
  const files = await modelFromFolder(folder);
  const config = JSON.parse(new TextDecoder().decode(await files.read('config.json')));
  return { name: basename(folder), files, config, folder };
}
