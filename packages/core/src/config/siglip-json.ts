import type { Fields, JsonObject } from '../json.ts';
import type { ClipConfig, SiglipTextConfig, SiglipVisionConfig } from './clip-config.ts';
import { patchFields, section, transformerFields } from './transformer-json.ts';

/** What `SiglipVisionConfig` and `SiglipTextConfig` leave out. */
const DEFAULTS = {
  width: 768,
  heads: 12,
  mlpWidth: 3072,
  activation: 'gelu_pytorch_tanh',
  epsilon: 1e-6,
};

/**
 * The config of a `SiglipModel`: SigLIP, and SigLIP 2 of fixed resolution. Fields that are left out have
 * `SiglipConfig`'s defaults.
 *
 * @throws ClipError MODEL_CONFIG_INVALID, naming the field, what was expected and what came.
 * @see transformers `models/siglip/configuration_siglip.py`
 */
export function siglipConfig(json: JsonObject): ClipConfig {
  const vision = visionConfig(section(json, 'vision_config'));
  return {
    vision,
    text: textConfig(section(json, 'text_config'), vision.width),
    embeddingWidth: vision.width,
    loss: 'sigmoid',
  };
}

function visionConfig(fields: Fields): SiglipVisionConfig {
  fields.oneOf('model_type', ['siglip_vision_model'], 'siglip_vision_model');
  if (!fields.boolean('vision_use_head', true)) throw fields.unexpected('vision_use_head', 'true');
  return {
    tower: 'siglip',
    ...transformerFields(fields, DEFAULTS),
    ...patchFields(fields, { patchSize: 16 }),
  };
}

function textConfig(fields: Fields, embeddingWidth: number): SiglipTextConfig {
  fields.oneOf('model_type', ['siglip_text_model'], 'siglip_text_model');
  const transformer = transformerFields(fields, DEFAULTS);
  if (fields.positiveInteger('projection_size', transformer.width) !== embeddingWidth) {
    throw fields.unexpected('projection_size', `the image tower's hidden_size ${embeddingWidth}`);
  }
  return {
    tower: 'siglip',
    ...transformer,
    vocabularySize: fields.positiveInteger('vocab_size', 32_000, 1 << 24),
    contextLength: fields.positiveInteger('max_position_embeddings', 64),
  };
}
