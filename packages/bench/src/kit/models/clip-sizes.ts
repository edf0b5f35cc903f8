/** The sizes of a model, from Hugging Face's `config.json` and the defaults of its family, or from `open_clip_config.json`. */

import type { JsonObject } from '../input-file.ts';
import { asTransformersConfig } from './open-clip-sizes.ts';
import { isOpenClip, openAiSizes } from './openai-sizes.ts';

const VISION_DEFAULTS = {
  hidden_size: 768,
  intermediate_size: 3072,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  hidden_act: 'quick_gelu',
  layer_norm_eps: 1e-5,
  image_size: 224,
  patch_size: 32,
};
const TEXT_DEFAULTS = {
  hidden_size: 512,
  intermediate_size: 2048,
  num_hidden_layers: 12,
  num_attention_heads: 8,
  hidden_act: 'quick_gelu',
  layer_norm_eps: 1e-5,
  vocab_size: 49408,
  max_position_embeddings: 77,
  eos_token_id: 49407,
};
const PROJECTION_DEFAULT = 512;

const SIGLIP_TRANSFORMER = {
  hidden_size: 768,
  intermediate_size: 3072,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  hidden_act: 'gelu_pytorch_tanh',
  layer_norm_eps: 1e-6,
};
const SIGLIP_VISION_DEFAULTS = { ...SIGLIP_TRANSFORMER, image_size: 224, patch_size: 16 };
const SIGLIP_TEXT_DEFAULTS = {
  ...SIGLIP_TRANSFORMER,
  vocab_size: 32_000,
  max_position_embeddings: 64,
  eos_token_id: 49407,
};

export type VisionSizes = Readonly<typeof VISION_DEFAULTS>;
export type TextSizes = Readonly<typeof TEXT_DEFAULTS>;
/** What both towers have. */
export type TowerSizes = Pick<
  VisionSizes,
  | 'hidden_size'
  | 'intermediate_size'
  | 'num_hidden_layers'
  | 'num_attention_heads'
  | 'hidden_act'
  | 'layer_norm_eps'
>;

export const visionSizes = (config: JsonObject): VisionSizes =>
  sizes(config, 'vision_config', isSiglip(config) ? SIGLIP_VISION_DEFAULTS : VISION_DEFAULTS);
export const textSizes = (config: JsonObject): TextSizes =>
  sizes(config, 'text_config', isSiglip(config) ? SIGLIP_TEXT_DEFAULTS : TEXT_DEFAULTS);

/** Whether it is SigLIP, or SigLIP 2 of fixed resolution. */
export const isSiglip = (config: JsonObject): boolean =>
  isOpenClip(config) ? openAiSizes(config).text.isSiglip : config.model_type === 'siglip';

/** P, patches of an image; the class token is not one. */
export const patchesOf = ({ image_size, patch_size }: VisionSizes): number =>
  Math.floor(image_size / patch_size) ** 2;

/** S, the side of the images that a model takes. */
export const imageSizeOf = (config: JsonObject): number => visionSizes(config).image_size;

/** E, the length of a model's embeddings. */
export const projectionOf = (config: JsonObject): number =>
  isSiglip(config) && !isOpenClip(config)
    ? visionSizes(config).hidden_size
    : Number(asTransformers(config).projection_dim ?? PROJECTION_DEFAULT);

const asTransformers = (config: JsonObject): JsonObject =>
  isOpenClip(config) ? asTransformersConfig(config) : config;

function sizes<Defaults extends Record<string, number | string>>(
  config: JsonObject,
  section: string,
  defaults: Defaults,
): Defaults {
  // The `_dict` of old files wins, as it does in transformers.
  const json = asTransformers(config);
  const given = Object.assign({}, json[section], json[`${section}_dict`]) as JsonObject;
  const entries = Object.entries(defaults).map(([name, value]) => [name, given[name] ?? value]);
  return Object.fromEntries(entries);
}
