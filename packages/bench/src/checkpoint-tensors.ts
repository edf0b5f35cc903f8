/**
 * The tensors of a published CLIP checkpoint: Hugging Face's names, and the shapes that follow from
 * `config.json`. Written out apart from core's list of names, so that the two check one another.
 */

import type { JsonObject } from './json-object.ts';

export interface CheckpointTensor {
  readonly name: string;
  readonly dtype: 'F32' | 'I64';
  readonly shape: readonly number[];
}

/** `CLIPConfig`'s defaults, for what a config leaves out. */
const VISION_DEFAULTS = {
  hidden_size: 768,
  intermediate_size: 3072,
  num_hidden_layers: 12,
  image_size: 224,
  patch_size: 32,
};
const TEXT_DEFAULTS = {
  hidden_size: 512,
  intermediate_size: 2048,
  num_hidden_layers: 12,
  vocab_size: 49408,
  max_position_embeddings: 77,
};
const PROJECTION_DEFAULT = 512;

/** S, the side of the images that a model takes. */
export const imageSizeOf = (config: JsonObject): number => visionSizes(config).image_size;

/** E, the length of a model's embeddings. */
export const projectionOf = ({ projection_dim: projection }: JsonObject): number =>
  Number(projection ?? PROJECTION_DEFAULT);

/**
 * Every tensor of the checkpoint, `position_ids` too, which models do not use.
 *
 * @param config Hugging Face's `config.json` of a `CLIPModel`, checked by core before.
 */
export function checkpointTensors(config: JsonObject): readonly CheckpointTensor[] {
  const vision = visionSizes(config);
  const text = textSizes(config);
  const projection = projectionOf(config);
  const tokens = Math.floor(vision.image_size / vision.patch_size) ** 2 + 1;
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

interface EncoderSizes {
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
}

function encoder(tower: string, sizes: EncoderSizes): CheckpointTensor[] {
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

const visionSizes = (config: JsonObject) => sizes(config, 'vision_config', VISION_DEFAULTS);
const textSizes = (config: JsonObject) => sizes(config, 'text_config', TEXT_DEFAULTS);

function sizes<Defaults extends Record<string, number>>(
  config: JsonObject,
  section: string,
  defaults: Defaults,
): Defaults {
  // The `_dict` of old files wins, as it does in transformers.
  const given = Object.assign({}, config[section], config[`${section}_dict`]) as JsonObject;
  const entries = Object.entries(defaults).map(([name, value]) => [name, given[name] ?? value]);
  return Object.fromEntries(entries);
}
