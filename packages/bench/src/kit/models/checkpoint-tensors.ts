/**
 * The tensors of a published checkpoint: Hugging Face's names, and the shapes that follow from
 * `config.json`. Written out apart from core's list of names, so that the two check one another.
 */

import type { JsonObject } from '../input-file.ts';
import { isSiglip, patchesOf, projectionOf, textSizes, visionSizes } from './clip-sizes.ts';
import { siglipTensors } from './siglip-tensors.ts';
import { type CheckpointTensor, encoder, float, ids, norm } from './tensor-shapes.ts';

/**
 * Every tensor of the checkpoint, those too that models do not use.
 *
 * @param config Hugging Face's `config.json` of a `CLIPModel` or a `SiglipModel`, checked by core before.
 */
export const checkpointTensors = (config: JsonObject): readonly CheckpointTensor[] =>
  isSiglip(config) ? siglipTensors(config) : clipTensors(config);

/** A `CLIPModel`'s, `position_ids` too. */
function clipTensors(config: JsonObject): readonly CheckpointTensor[] {
  const vision = visionSizes(config);
  const text = textSizes(config);
  const projection = projectionOf(config);
  const tokens = patchesOf(vision) + 1;
  const patch = [3, vision.patch_size, vision.patch_size];
  return [
    ids('text_model.embeddings.position_ids', text.max_position_embeddings),
    ids('vision_model.embeddings.position_ids', tokens),
    float('logit_scale', []),
    float('text_model.embeddings.position_embedding.weight', [
      text.max_position_embeddings,
      text.hidden_size,
    ]),
    float('text_model.embeddings.token_embedding.weight', [text.vocab_size, text.hidden_size]),
    ...encoder('text_model', text),
    ...norm('text_model.final_layer_norm', text.hidden_size),
    float('text_projection.weight', [projection, text.hidden_size]),
    float('vision_model.embeddings.class_embedding', [vision.hidden_size]),
    float('vision_model.embeddings.patch_embedding.weight', [vision.hidden_size, ...patch]),
    float('vision_model.embeddings.position_embedding.weight', [tokens, vision.hidden_size]),
    ...encoder('vision_model', vision),
    ...norm('vision_model.post_layernorm', vision.hidden_size),
    ...norm('vision_model.pre_layrnorm', vision.hidden_size),
    float('visual_projection.weight', [projection, vision.hidden_size]),
  ];
}
