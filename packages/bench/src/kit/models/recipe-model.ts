import type { ModelFiles } from '@clipql/core';
import type { JsonObject } from '../input-file.ts';
import { checkpointTensors } from './checkpoint-tensors.ts';
import { imageSizeOf, isSiglip, textSizes } from './clip-sizes.ts';
import { isOpenAi, isOpenClip, openAiSizes } from './openai-sizes.ts';
import { openAiTensors } from './openai-tensors.ts';
import { recipeWeights } from './recipe-weights.ts';
import { END_TOKEN, START_TOKEN, tokenizerDefinition } from './tokenizer-definition.ts';

/**
 * A model whose weights are made by the recipe, as core loads any other: nothing is stored, and
 * ViT-B/32's 605 MB are never held as a file.
 *
 * @param config Hugging Face's `config.json` of a `CLIPModel` or a `SiglipModel`, open_clip's
 *   `open_clip_config.json`, or the arguments of OpenAI's `CLIP`, whose checkpoints come without a config; core
 *   checks it.
 * @param tokenizer `tokenizer.json`; unless given, one that knows the letter a, for cases that give
 *   token ids.
 */
export function recipeModel(
  name: string,
  config: JsonObject,
  tokenizer: Uint8Array = letterTokenizer(endTokenOf(config)),
): ModelFiles {
  const files = new Map([...configFiles(config), ['tokenizer.json', tokenizer]]);
  const tensors = isOpenClip(config) || isOpenAi(config) ? openAiTensors : checkpointTensors;
  return {
    name,
    read: async (file) => files.get(file),
    openWeights: async () => recipeWeights(tensors(config)),
  };
}

function configFiles(config: JsonObject): readonly (readonly [string, Uint8Array])[] {
  if (isOpenAi(config)) return [];
  const files: [string, object][] = isOpenClip(config)
    ? [['open_clip_config.json', config]]
    : [
        ['config.json', config],
        ['preprocessor_config.json', preprocessorConfig(imageSizeOf(config))],
      ];
  if (isSiglip(config)) files.push(['tokenizer_config.json', { pad_token: END_TOKEN }]);
  return files.map(([file, json]) => [file, jsonBytes(json)]);
}

/** In OpenAI's layout the highest id. */
const endTokenOf = (config: JsonObject): number =>
  isOpenClip(config) || isOpenAi(config)
    ? openAiSizes(config).text.vocabularySize - 1
    : textSizes(config).eos_token_id;

const letterTokenizer = (end: number): Uint8Array =>
  tokenizerDefinition({
    vocab: { [START_TOKEN]: 0, [END_TOKEN]: end, 'a</w>': end === 1 ? 2 : 1 },
    merges: [],
  });

const preprocessorConfig = (imageSize: number) => ({
  image_processor_type: 'CLIPImageProcessor',
  size: { shortest_edge: imageSize },
  crop_size: { height: imageSize, width: imageSize },
});

const jsonBytes = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
