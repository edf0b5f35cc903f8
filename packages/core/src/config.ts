import { ClipError } from './errors.ts';
import type { PreprocessConfig } from './image/preprocess.ts';
import { Fields, isJsonObject, type JsonObject, parseJsonObject } from './json.ts';

/** The two GELUs in use: OpenAI's x·sigmoid(1.702x), and the exact x·Φ(x) of open_clip's models. */
export type Activation = 'quick_gelu' | 'gelu';

/** What both towers' transformers have. */
export interface TransformerConfig {
  /** D, the width of the residual stream. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly mlpWidth: number;
  readonly activation: Activation;
  /** Added to the variance, inside the square root, by every layer norm. */
  readonly epsilon: number;
}

export interface VisionConfig extends TransformerConfig {
  /** S, the side of the square input in pixels. */
  readonly imageSize: number;
  readonly patchSize: number;
  readonly channels: 3;
  /** P, the patches of an image. */
  readonly patches: number;
}

export interface TextConfig extends TransformerConfig {
  readonly vocabularySize: number;
  /** The most tokens of a text, start and end tokens included. */
  readonly contextLength: number;
  /**
   * Where the text's embedding is taken: at the first token with this id, or at the highest id.
   * OpenAI's published configs say `eos_token_id: 2` by mistake; their models mean the highest.
   */
  readonly endToken: number | 'highest';
}

/** A CLIP model's hyperparameters, checked. Sizes that follow from others are already computed. */
export interface ClipConfig {
  readonly vision: VisionConfig;
  readonly text: TextConfig;
  /** E, the width of the embeddings that both towers give. */
  readonly embeddingWidth: number;
}

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

const OPENAI_MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
const OPENAI_STD = [0.26862954, 0.26130258, 0.27577711] as const;
/** Pillow's number for bicubic, the only filter that CLIP was trained with. */
const PILLOW_BICUBIC = 3;

/**
 * Reads `preprocessor_config.json` of a `CLIPImageProcessor`. `size` may be a number,
 * `{shortest_edge}` or `{height, width}`, `crop_size` a number or `{height, width}`; fields that
 * are left out have `CLIPImageProcessor`'s defaults.
 *
 * @throws ClipError MODEL_CONFIG_INVALID for a malformed field, for steps that would give the model
 *   something other than `imageSize` × `imageSize` pixels, and for a filter other than bicubic.
 * @see transformers `models/clip/image_processing_clip.py`
 */
export function parsePreprocessConfig(bytes: Uint8Array, imageSize: number): PreprocessConfig {
  const fields = new Fields(
    parseJsonObject(bytes, 'preprocessor_config.json'),
    'preprocessor_config.json: ',
  );
  if (fields.positiveInteger('resample', PILLOW_BICUBIC) !== PILLOW_BICUBIC) {
    throw fields.unexpected('resample', `${PILLOW_BICUBIC} (bicubic)`);
  }
  for (const step of ['do_resize', 'do_center_crop']) {
    if (!fields.boolean(step, true)) throw fields.unexpected(step, 'true');
  }
  const crop = cropSize(fields);
  if (crop !== imageSize) {
    throw fields.unexpected('crop_size', `the model's image_size ${imageSize}`);
  }
  const resize = resizeTarget(fields);
  const shortest =
    'shortestEdge' in resize ? resize.shortestEdge : Math.min(resize.width, resize.height);
  if (shortest < crop) throw fields.unexpected('size', `at least the crop_size ${crop}`);

  const normalise = fields.boolean('do_normalize', true);
  return {
    resize,
    crop,
    rescaleFactor: fields.boolean('do_rescale', true)
      ? fields.positiveNumber('rescale_factor', 1 / 255)
      : 1,
    mean: normalise ? channelTriple(fields, 'image_mean', OPENAI_MEAN) : [0, 0, 0],
    std: normalise ? channelTriple(fields, 'image_std', OPENAI_STD) : [1, 1, 1],
  };
}

function resizeTarget(fields: Fields): PreprocessConfig['resize'] {
  const size = fields.raw('size');
  if (!isJsonObject(size)) return { shortestEdge: fields.positiveInteger('size', 224, 4096) };
  const nested = new Fields(size, 'preprocessor_config.json: size.');
  if (nested.has('shortest_edge')) {
    return { shortestEdge: nested.positiveInteger('shortest_edge', 224, 4096) };
  }
  if (nested.has('height') && nested.has('width')) {
    return {
      width: nested.positiveInteger('width', 224, 4096),
      height: nested.positiveInteger('height', 224, 4096),
    };
  }
  throw fields.unexpected('size', 'a number, {"shortest_edge"} or {"height", "width"}');
}

function cropSize(fields: Fields): number {
  const crop = fields.raw('crop_size');
  if (!isJsonObject(crop)) return fields.positiveInteger('crop_size', 224, 4096);
  const nested = new Fields(crop, 'preprocessor_config.json: crop_size.');
  const height = nested.positiveInteger('height', 224, 4096);
  const width = nested.positiveInteger('width', 224, 4096);
  if (height !== width) throw fields.unexpected('crop_size', 'a square');
  return height;
}

function channelTriple(
  fields: Fields,
  name: 'image_mean' | 'image_std',
  fallback: readonly [number, number, number],
): readonly [number, number, number] {
  if (!fields.has(name)) return fallback;
  const value = fields.raw(name);
  const usable = (n: unknown) =>
    typeof n === 'number' && Number.isFinite(n) && (name === 'image_mean' || n > 0);
  if (!Array.isArray(value) || value.length !== 3 || !value.every(usable)) {
    throw fields.unexpected(name, 'three numbers, one a channel');
  }
  return [value[0], value[1], value[2]];
}
