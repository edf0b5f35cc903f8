import { Fields, isJsonObject, type JsonObject, parseJsonObject } from '../json.ts';
import type { ClipConfig, TextConfig } from './clip-config.ts';
import { activationOf, checkFields, mlpWidthOf, normEpsilon } from './open-clip-fields.ts';
import { openClipImageTower } from './open-clip-image-tower.ts';
import type { TensorShapes } from './tensor-shapes.ts';

export const FILE = 'open_clip_config.json';

/** What changes no number, or says what is done anyway. */
const MODEL = {
  known: ['embed_dim', 'quick_gelu', 'vision_cfg', 'text_cfg', 'init_logit_bias'],
  // Which of its two classes the model has follows from the tensors' names.
  ignored: ['custom_text', 'init_logit_scale', 'output_dict', 'cast_dtype'],
  only: { nonscalar_logit_scale: false },
} as const;

const TEXT = {
  known: [
    ...['context_length', 'vocab_size', 'width', 'heads', 'layers', 'mlp_ratio'],
    ...['norm_kwargs', 'act_kwargs', 'no_causal_mask'],
  ],
  // The tokenizer's fields are read by themselves.
  ignored: [
    ...['hf_tokenizer_name', 'tokenizer_kwargs', 'pad_id', 'eos_id', 'output_tokens'],
    'hf_model_pretrained',
  ],
} as const;
const CLIP_TEXT = { ...TEXT, only: { pool_type: 'argmax', proj_type: 'linear' } } as const;
const SIGLIP_TEXT = {
  ...TEXT,
  known: [...TEXT.known, 'proj_bias', 'pool_type'],
  only: { proj_type: 'linear' },
} as const;

/**
 * Reads `model_cfg` of open_clip's `open_clip_config.json`. Fields that are left out have open_clip's defaults.
 *
 * @param tensors of its checkpoint, which say how large a trunk of timm's is.
 * @throws ClipError MODEL_CONFIG_INVALID, naming the field, for a malformed one, and for one that changes the
 *   result and is not obeyed.
 * @see open_clip `model.py`, `CLIPVisionCfg` and `CLIPTextCfg`
 */
export function parseOpenClipConfig(bytes: Uint8Array, tensors: TensorShapes): ClipConfig {
  const root = new Fields(parseJsonObject(bytes, FILE), `${FILE}: `);
  const model = section(root, 'model_cfg', `${FILE}: model_cfg.`);
  checkFields(model.fields, model.json, MODEL);
  const { fields } = model;
  if (!fields.has('embed_dim')) throw fields.unexpected('embed_dim', 'a whole number');
  const quickGelu = fields.boolean('quick_gelu', false);
  const vision = section(fields, 'vision_cfg', `${FILE}: model_cfg.vision_cfg.`);
  const text = section(fields, 'text_cfg', `${FILE}: model_cfg.text_cfg.`);
  const imageTower = openClipImageTower(vision.fields, vision.json, tensors, quickGelu);
  const embeddingWidth = fields.positiveInteger('embed_dim', 512);
  if (imageTower.tower === 'siglip' && imageTower.width !== embeddingWidth) {
    throw fields.unexpected('embed_dim', `the width ${imageTower.width} of the image tower`);
  }
  return {
    vision: imageTower,
    text: textConfig(text.fields, text.json, quickGelu),
    embeddingWidth,
    loss: fields.has('init_logit_bias') ? 'sigmoid' : 'softmax',
  };
}

export function section(fields: Fields, name: string, path: string) {
  const json = fields.raw(name);
  if (!isJsonObject(json)) throw fields.unexpected(name, 'an object');
  return { json, fields: new Fields(json, path) };
}

/** Without a mask, as SigLIP has it, the last position is pooled and its projection has a bias. */
function textConfig(fields: Fields, json: JsonObject, quickGelu: boolean): TextConfig {
  const isSiglip = fields.boolean('no_causal_mask', false);
  checkFields(fields, json, isSiglip ? SIGLIP_TEXT : CLIP_TEXT);
  const width = fields.positiveInteger('width', 512);
  const heads = fields.positiveInteger('heads', 8);
  if (width % heads !== 0) throw fields.unexpected('heads', `a divisor of width ${width}`);
  const transformer = {
    width,
    heads,
    layers: fields.positiveInteger('layers', 12, 1024),
    mlpWidth: mlpWidthOf(fields, width),
    activation: activationOf(fields, quickGelu),
    epsilon: normEpsilon(fields),
    vocabularySize: fields.positiveInteger('vocab_size', 49408, 1 << 24),
    contextLength: fields.positiveInteger('context_length', 77),
  };
  if (!isSiglip) return { tower: 'clip', ...transformer, endToken: 'highest' };
  if (fields.raw('pool_type') !== 'last') throw fields.unexpected('pool_type', '"last"');
  if (!fields.boolean('proj_bias', false)) throw fields.unexpected('proj_bias', 'true');
  return { tower: 'siglip', ...transformer };
}
