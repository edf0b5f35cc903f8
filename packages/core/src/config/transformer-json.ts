import { ClipError } from '../errors.ts';
import { Fields, isJsonObject, type JsonObject } from '../json.ts';
import type { Activation, TransformerConfig } from './clip-config.ts';

/** transformers' names of activations. */
const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  quick_gelu: 'quick_gelu',
  gelu: 'gelu',
  gelu_pytorch_tanh: 'gelu_tanh',
};

/** What a tower's config leaves out. */
interface Defaults {
  readonly width: number;
  readonly heads: number;
  readonly mlpWidth: number;
  readonly activation: string;
  readonly epsilon: number;
}

/**
 * A tower's section of `config.json`: the one by its name, and over it the one of old files, which ends in
 * `_dict`.
 */
export function section(json: JsonObject, name: string): Fields {
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

/** The fields of a tower that all transformers have. */
export function transformerFields(fields: Fields, defaults: Defaults): TransformerConfig {
  const width = fields.positiveInteger('hidden_size', defaults.width);
  const heads = fields.positiveInteger('num_attention_heads', defaults.heads);
  if (width % heads !== 0) {
    throw fields.unexpected('num_attention_heads', `a divisor of hidden_size ${width}`);
  }
  const activation = fields.oneOf('hidden_act', Object.keys(ACTIVATIONS), defaults.activation);
  return {
    width,
    heads,
    layers: fields.positiveInteger('num_hidden_layers', 12, 1024),
    mlpWidth: fields.positiveInteger('intermediate_size', defaults.mlpWidth),
    activation: ACTIVATIONS[activation]!,
    epsilon: fields.positiveNumber('layer_norm_eps', defaults.epsilon),
  };
}

/** The fields of the patch embedding. Pixels beyond the last whole patch are left out. */
export function patchFields(fields: Fields, defaults: { readonly patchSize: number }) {
  const imageSize = fields.positiveInteger('image_size', 224, 4096);
  const patchSize = fields.positiveInteger('patch_size', defaults.patchSize, 4096);
  if (patchSize > imageSize) throw fields.unexpected('patch_size', `at most ${imageSize}`);
  if (fields.positiveInteger('num_channels', 3) !== 3) throw fields.unexpected('num_channels', '3');
  return {
    imageSize,
    patchSize,
    channels: 3,
    patches: Math.floor(imageSize / patchSize) ** 2,
  } as const;
}
