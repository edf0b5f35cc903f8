/** open_clip's `open_clip_config.json` in the terms of transformers' `config.json`. */
import type { JsonObject } from '../input-file.ts';

const VISION_DEFAULTS = { width: 768, layers: 12, head_width: 64, mlp_ratio: 4, patch_size: 16 };
const TEXT_DEFAULTS = { width: 512, layers: 12, heads: 8, mlp_ratio: 4 };
/** The pixels to one place of EfficientNet-Lite's last map, along a side. */
const TRUNK_STRIDE = 32;

/** @param config with `model_cfg`, checked by core before. @see open_clip `model.py`, `CLIPVisionCfg` and `CLIPTextCfg` */
export function asTransformersConfig({ model_cfg: model }: JsonObject): JsonObject {
  const { embed_dim, quick_gelu, vision_cfg, text_cfg } = model as JsonObject;
  const hidden_act = quick_gelu === true ? 'quick_gelu' : 'gelu';
  const vision = { ...VISION_DEFAULTS, ...(vision_cfg as Partial<typeof VISION_DEFAULTS>) };
  const text = { ...TEXT_DEFAULTS, ...(text_cfg as Partial<typeof TEXT_DEFAULTS>) };
  const { image_size = 224, timm_model_name } = vision_cfg as JsonObject;
  const { vocab_size = 49408, context_length = 77 } = text_cfg as JsonObject;
  return {
    projection_dim: embed_dim,
    vision_config: {
      ...encoder(vision, vision.width / vision.head_width),
      hidden_act,
      image_size: [image_size].flat()[0],
      patch_size: timm_model_name === undefined ? vision.patch_size : TRUNK_STRIDE,
    },
    text_config: {
      ...encoder(text, text.heads),
      hidden_act,
      vocab_size,
      max_position_embeddings: context_length,
      eos_token_id: Number(vocab_size) - 1,
    },
  };
}

function encoder(
  given: { width: number; layers: number; mlp_ratio: number; norm_kwargs?: { eps?: number } },
  heads: number,
) {
  return {
    hidden_size: given.width,
    intermediate_size: Math.floor(given.width * given.mlp_ratio),
    num_hidden_layers: given.layers,
    num_attention_heads: heads,
    layer_norm_eps: given.norm_kwargs?.eps ?? 1e-5,
  };
}
