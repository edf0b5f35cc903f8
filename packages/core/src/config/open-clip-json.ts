import { Fields, isJsonObject, parseJsonObject } from '../json.ts';
import type { Activation, ClipConfig, ClipTextConfig } from './clip-config.ts';
import { checkFields, mlpWidthOf, normEpsilon } from './open-clip-fields.ts';
import { openClipImageTower } from './open-clip-image-tower.ts';

export const FILE = 'open_clip_config.json';

/** What changes no number, or says what is done anyway. */
const MODEL = {
  known: ['embed_dim', 'quick_gelu', 'vision_cfg', 'text_cfg'],
  // Which of its two classes the model has follows from the tensors' names.
  ignored: ['custom_text', 'init_logit_scale', 'output_dict', 'cast_dtype'],
  only: { nonscalar_logit_scale: false },
} as const;

const TEXT = {
  known: ['context_length', 'vocab_size', 'width', 'heads', 'layers', 'mlp_ratio', 'norm_kwargs'],
  // The tokenizer's fields are read by themselves.
  ignored: [
    'hf_tokenizer_name',
    'tokenizer_kwargs',
    'pad_id',
    'eos_id',
    'output_tokens',
    'hf_model_pretrained',
  ],
  only: { pool_type: 'argmax', proj_type: 'linear' },
} as const;

/**
 * Reads `model_cfg` of open_clip's `open_clip_config.json`. Fields that are left out have open_clip's defaults.
 *
 * @throws ClipError MODEL_CONFIG_INVALID, naming the field, for a malformed one, and for one that changes the
 *   result and is not obeyed.
 * @see open_clip `model.py`, `CLIPVisionCfg` and `CLIPTextCfg`
 */
export function parseOpenClipConfig(bytes: Uint8Array): ClipConfig {
  const root = new Fields(parseJsonObject(bytes, FILE), `${FILE}: `);
  const model = section(root, 'model_cfg', `${FILE}: model_cfg.`);
  checkFields(model.fields, model.json, MODEL);
  const { fields } = model;
  if (!fields.has('embed_dim')) throw fields.unexpected('embed_dim', 'a whole number');
  const activation = fields.boolean('quick_gelu', false) ? 'quick_gelu' : 'gelu';
  const vision = section(fields, 'vision_cfg', `${FILE}: model_cfg.vision_cfg.`);
  const text = section(fields, 'text_cfg', `${FILE}: model_cfg.text_cfg.`);
  checkFields(text.fields, text.json, TEXT);
  return {
    vision: openClipImageTower(vision.fields, vision.json, activation),
    text: textConfig(text.fields, activation),
    embeddingWidth: fields.positiveInteger('embed_dim', 512),
    loss: 'softmax',
  };
}

export function section(fields: Fields, name: string, path: string) {
  const json = fields.raw(name);
  if (!isJsonObject(json)) throw fields.unexpected(name, 'an object');
  return { json, fields: new Fields(json, path) };
}

function textConfig(fields: Fields, activation: Activation): ClipTextConfig {
  const width = fields.positiveInteger('width', 512);
  const heads = fields.positiveInteger('heads', 8);
  if (width % heads !== 0) throw fields.unexpected('heads', `a divisor of width ${width}`);
  return {
    tower: 'clip',
    width,
    heads,
    layers: fields.positiveInteger('layers', 12, 1024),
    mlpWidth: mlpWidthOf(fields, width),
    activation,
    epsilon: normEpsilon(fields),
    vocabularySize: fields.positiveInteger('vocab_size', 49408, 1 << 24),
    contextLength: fields.positiveInteger('context_length', 77),
    endToken: 'highest',
  };
}
