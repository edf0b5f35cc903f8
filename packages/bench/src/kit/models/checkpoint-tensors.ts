/**
 * The tensors of a published CLIP checkpoint: Hugging Face's names, and the shapes that follow from
 * `config.json`. Written out apart from core's list of names, so that the two check one another.
 */

import type { JsonObject } from '../json-object.ts';
import { patchesOf, projectionOf, type TowerSizes, textSizes, visionSizes } from './clip-sizes.ts';

export interface CheckpointTensor {
  readonly name: string;
  readonly dtype: 'F32' | 'I64';
  readonly shape: readonly number[];
}

/**
 * Every tensor of the checkpoint, `position_ids` too, which models do not use.
 *
 * @param config Hugging Face's `config.json` of a `CLIPModel`, checked by core before.
 */
export function checkpointTensors(config: JsonObject): readonly CheckpointTensor[] {
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

function encoder(tower: string, sizes: TowerSizes): CheckpointTensor[] {
  const { hidden_size: width, intermediate_size: mlpWidth } = sizes;
  return Array.from({ length: sizes.num_hidden_layers }, (_, i) => {
    const layer = `${tower}.encoder.layers.${i}`;
    return [
      ...norm(`${layer}.layer_norm1`, width),
      ...norm(`${layer}.layer_norm2`, width),
      ...linear(`${layer}.mlp.fc1`, mlpWidth, width),
      ...linear(`${layer}.mlp.fc2`, width, mlpWidth),
      ...linear(`${layer}.self_attn.k_proj`, width, width),
      ...linear(`${layer}.self_attn.out_proj`, width, width),
      ...linear(`${layer}.self_attn.q_proj`, width, width),
      ...linear(`${layer}.self_attn.v_proj`, width, width),
    ];
  }).flat();
}

const float = (name: string, shape: readonly number[]): CheckpointTensor => ({
  name,
  dtype: 'F32',
  shape,
});

const ids = (name: string, positions: number): CheckpointTensor => ({
  name,
  dtype: 'I64',
  shape: [1, positions],
});

const norm = (name: string, width: number): CheckpointTensor[] => [
  float(`${name}.bias`, [width]),
  float(`${name}.weight`, [width]),
];

const linear = (name: string, out: number, width: number): CheckpointTensor[] => [
  float(`${name}.bias`, [out]),
  float(`${name}.weight`, [out, width]),
];
