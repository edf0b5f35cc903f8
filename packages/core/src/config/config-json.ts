import { Fields, type JsonObject, parseJsonObject } from '../json.ts';
import type { ClipConfig, ClipTextConfig, ClipVisionConfig } from './clip-config.ts';
import { siglipConfig } from './siglip-json.ts';
import { patchFields, section, transformerFields } from './transformer-json.ts';

/** What a `config.json` can describe, by its `model_type`. */
const FAMILIES = { clip: clipConfig, siglip: siglipConfig } as const;

/**
 * Reads Hugging Face's `config.json` of a `CLIPModel` or a `SiglipModel`.
 *
 * @throws ClipError MODEL_CONFIG_INVALID, naming the field, what was expected and what came.
 */
export function parseConfig(bytes: Uint8Array): ClipConfig {
  const json = parseJsonObject(bytes, 'config.json');
  const root = new Fields(json, 'config.json: ');
  if (root.raw('model_type') === 'siglip2') {
    throw root.unexpected(
      'model_type',
      '"clip" or "siglip" (NaFlex models, which take images of any shape, are not supported)',
    );
  }
  const family = root.oneOf('model_type', ['clip', 'siglip'], 'clip');
  return FAMILIES[family](json);
}

/**
 * The config of a `CLIPModel`. Fields that are left out have `CLIPConfig`'s defaults; `text_config_dict`
 * and `vision_config_dict`, where an old file has them, win over `text_config` and `vision_config`, as they
 * do in transformers.
 *
 * @see transformers `models/clip/configuration_clip.py`
 */
function clipConfig(json: JsonObject): ClipConfig {
  return {
    vision: visionConfig(section(json, 'vision_config')),
    text: textConfig(section(json, 'text_config')),
    embeddingWidth: new Fields(json, 'config.json: ').positiveInteger('projection_dim', 512),
    loss: 'softmax',
  };
}

const CLIP_DEFAULTS = { activation: 'quick_gelu', epsilon: 1e-5 };

function visionConfig(fields: Fields): ClipVisionConfig {
  const defaults = { width: 768, heads: 12, mlpWidth: 3072, ...CLIP_DEFAULTS };
  return {
    tower: 'clip',
    ...transformerFields(fields, defaults),
    ...patchFields(fields, { patchSize: 32 }),
  };
}

function textConfig(fields: Fields): ClipTextConfig {
  const vocabularySize = fields.positiveInteger('vocab_size', 49408, 1 << 24);
  const end = fields.nonNegativeInteger('eos_token_id', 49407);
  if (end !== 2 && end >= vocabularySize) {
    throw fields.unexpected('eos_token_id', `a token id below ${vocabularySize}`);
  }
  return {
    tower: 'clip',
    ...transformerFields(fields, { width: 512, heads: 8, mlpWidth: 2048, ...CLIP_DEFAULTS }),
    vocabularySize,
    contextLength: fields.positiveInteger('max_position_embeddings', 77),
    endToken: end === 2 ? 'highest' : end,
  };
}
