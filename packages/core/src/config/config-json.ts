import { ClipError } from '../errors.ts';
import { Fields, isJsonObject, type JsonObject, parseJsonObject } from '../json.ts';
import type { ClipConfig, TextConfig, TransformerConfig, VisionConfig } from './clip-config.ts';

/**
 * Reads Hugging Face's `config.json` of a `CLIPModel`. Fields that are left out have
 * `CLIPConfig`'s defaults; `text_config_dict` and `vision_config_dict`, where an old file has
 * them, win over `text_config` and `vision_config`, as they do in transformers.
 *
 * @throws ClipError MODEL_CONFIG_INVALID, naming the field, what was expected and what came.
 * @see transformers `models/clip/configuration_clip.py`
 */
export function parseConfig(bytes: Uint8Array): ClipConfig {
  const json = parseJsonObject(bytes, 'config.json');
  const root = new Fields(json, 'config.json: ');
  if (root.has('model_type')) root.oneOf('model_type', ['clip'], 'clip');
  return {
    vision: visionConfig(section(json, 'vision_config')),
    text: textConfig(section(json, 'text_config')),
    embeddingWidth: root.positiveInteger('projection_dim', 512),
  };
}

function section(json: JsonObject, name: string): Fields {
  const merged: Record<string, unknown> = {};
  for (const key of [name, `${name}_dict`]) {
    const value = json[key];
    if (value === undefined || value === null) continue;
    if (!isJsonObject(value)) {
      throw new ClipError('MODEL_CONFIG_INVALID', `config.json: ${key}: expected an object`);
    }
    Object.assign(merged, value);
  }
  return new Fields(merged, `config.json: ${name}.`);
}

function visionConfig(fields: Fields): VisionConfig {
  const imageSize = fields.positiveInteger('image_size', 224, 4096);
  const patchSize = fields.positiveInteger('patch_size', 32, 4096);
  if (patchSize > imageSize) throw fields.unexpected('patch_size', `at most ${imageSize}`);
  if (fields.positiveInteger('num_channels', 3) !== 3) throw fields.unexpected('num_channels', '3');
  return {
    ...transformerConfig(fields, { width: 768, heads: 12, mlpWidth: 3072 }),
    imageSize,
    patchSize,
    channels: 3,
    patches: Math.floor(imageSize / patchSize) ** 2,
  };
}

function textConfig(fields: Fields): TextConfig {
  const vocabularySize = fields.positiveInteger('vocab_size', 49408, 1 << 24);
  const end = fields.nonNegativeInteger('eos_token_id', 49407);
  if (end !== 2 && end >= vocabularySize) {
    throw fields.unexpected('eos_token_id', `a token id below ${vocabularySize}`);
  }
  return {
    ...transformerConfig(fields, { width: 512, heads: 8, mlpWidth: 2048 }),
    vocabularySize,
    contextLength: fields.positiveInteger('max_position_embeddings', 77),
    endToken: end === 2 ? 'highest' : end,
  };
}

function transformerConfig(
  fields: Fields,
  defaults: { width: number; heads: number; mlpWidth: number },
): TransformerConfig {
  const width = fields.positiveInteger('hidden_size', defaults.width);
  const heads = fields.positiveInteger('num_attention_heads', defaults.heads);
  if (width % heads !== 0) {
    throw fields.unexpected('num_attention_heads', `a divisor of hidden_size ${width}`);
  }
  return {
    width,
    heads,
    layers: fields.positiveInteger('num_hidden_layers', 12, 1024),
    mlpWidth: fields.positiveInteger('intermediate_size', defaults.mlpWidth),
    activation: fields.oneOf('hidden_act', ['quick_gelu', 'gelu'], 'quick_gelu'),
    epsilon: fields.positiveNumber('layer_norm_eps', 1e-5),
  };
}
