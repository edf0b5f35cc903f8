import type { ModelFiles } from '@clipql/core';
import type { JsonObject } from '../json-object.ts';
import { checkpointTensors } from './checkpoint-tensors.ts';
import { imageSizeOf, isSiglip, textSizes } from './clip-sizes.ts';
import { recipeWeights } from './recipe-weights.ts';
import { END_TOKEN, START_TOKEN, tokenizerDefinition } from './tokenizer-definition.ts';

/**
 * A model whose weights are made by the recipe, as core loads any other: nothing is stored, and
 * ViT-B/32's 605 MB are never held as a file.
 *
 * @param config Hugging Face's `config.json` of a `CLIPModel` or a `SiglipModel`; core checks it.
 * @param tokenizer `tokenizer.json`; unless given, one that knows the letter a, for cases that give
 *   token ids.
 */
export function recipeModel(
  name: string,
  config: JsonObject,
  tokenizer: Uint8Array = letterTokenizer(textSizes(config).eos_token_id),
): ModelFiles {
  return {
    name,
    read: async (file) => {
      switch (file) {
        case 'config.json':
          return jsonBytes(config);
        case 'preprocessor_config.json':
          return jsonBytes(preprocessorConfig(imageSizeOf(config)));
        case 'tokenizer.json':
          return tokenizer;
        case 'tokenizer_config.json':
          return isSiglip(config) ? jsonBytes({ pad_token: END_TOKEN }) : undefined;
        default:
          return undefined;
      }
    },
    openWeights: async () => recipeWeights(checkpointTensors(config)),
  };
}

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

const jsonBytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
