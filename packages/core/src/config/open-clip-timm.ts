/** The image towers of open_clip that are trunks of timm. */
import type { Fields, JsonObject } from '../json.ts';
import type { Activation, ClipConfig, SiglipVisionConfig } from './clip-config.ts';
import { checkFields, imageSizeOf, TRAINING } from './open-clip-fields.ts';
import { countOf, sizeOf, type TensorShapes } from './tensor-shapes.ts';

const LITE = 'tf_efficientnet_lite0';

// open_clip reads the sizes of its own towers alone.
const IGNORED = [...TRAINING, 'layers', 'width', 'head_width', 'mlp_ratio', 'patch_size'];

const LITE_FIELDS = {
  known: ['timm_model_name', 'image_size', 'timm_proj_bias'],
  ignored: IGNORED,
  only: { timm_pool: 'avg', timm_proj: 'linear' },
} as const;

const SIGLIP_FIELDS = {
  known: ['timm_model_name', 'image_size', 'timm_pool', 'timm_proj'],
  // There is no projection that could have one.
  ignored: [...IGNORED, 'timm_proj_bias'],
  only: {},
} as const;

interface SiglipTrunk {
  readonly heads: number;
  /** By the side of the images, where it is not that of all. */
  readonly activation: Activation | Readonly<Record<string, Activation>>;
}

/**
 * What timm's SigLIP trunks have that no tensor shows, by size and patch in their names. Some have the exact GELU in
 * place of tanh's, with which all were trained; open_clip gives what they give.
 *
 * @see timm `models/vision_transformer.py`
 */
const SIGLIP_TRUNKS: Readonly<Record<string, SiglipTrunk>> = {
  base_patch32: { heads: 12, activation: 'gelu_tanh' },
  base_patch16: { heads: 12, activation: 'gelu' },
  large_patch16: { heads: 16, activation: { 256: 'gelu', 384: 'gelu', 512: 'gelu_tanh' } },
  so400m_patch14: { heads: 16, activation: 'gelu' },
  so400m_patch16: { heads: 16, activation: 'gelu_tanh' },
  giantopt_patch16: { heads: 16, activation: 'gelu_tanh' },
};

/**
 * @param tensors whose shapes say how large a Vision Transformer is: timm knows it by the name alone.
 * @throws ClipError MODEL_CONFIG_INVALID for a trunk that is not known, or that is used in another way.
 */
export function timmImageTower(
  fields: Fields,
  json: JsonObject,
  tensors: TensorShapes,
): ClipConfig['vision'] {
  const name = String(fields.raw('timm_model_name'));
  if (name === LITE) {
    checkFields(fields, json, LITE_FIELDS);
    if (!fields.boolean('timm_proj_bias', false)) throw fields.unexpected('timm_proj_bias', 'true');
    return { tower: 'efficientnet-lite', imageSize: imageSizeOf(fields), channels: 3 };
  }
  const [, size = '', side = ''] = /^vit_(\w+_patch\d+)_siglip_(\d+)$/.exec(name) ?? [];
  const trunk = Object.hasOwn(SIGLIP_TRUNKS, size) ? SIGLIP_TRUNKS[size]! : undefined;
  const activation =
    typeof trunk?.activation === 'object' ? trunk.activation[side] : trunk?.activation;
  if (trunk === undefined || activation === undefined) {
    const sizes = Object.keys(SIGLIP_TRUNKS).join(', ');
    throw fields.unexpected('timm_model_name', `${LITE}, or vit_…_siglip_… of ${sizes}`);
  }
  checkFields(fields, json, SIGLIP_FIELDS);
  if (fields.raw('timm_pool') !== 'map') throw fields.unexpected('timm_pool', '"map"');
  if (fields.raw('timm_proj') !== 'none') throw fields.unexpected('timm_proj', '"none"');
  return siglipTrunk(fields, tensors, { heads: trunk.heads, activation });
}

function siglipTrunk(
  fields: Fields,
  tensors: TensorShapes,
  known: { readonly heads: number; readonly activation: Activation },
): SiglipVisionConfig {
  const name = 'visual.trunk.';
  const imageSize = imageSizeOf(fields);
  const patch = `${name}patch_embed.proj.weight`;
  const width = sizeOf(tensors, patch, 0);
  const patchSize = sizeOf(tensors, patch, 3);
  if (patchSize > imageSize) throw fields.unexpected('image_size', `at least ${patchSize}`);
  if (width % known.heads !== 0) {
    throw fields.unexpected('timm_model_name', `a trunk whose heads divide its width ${width}`);
  }
  return {
    tower: 'siglip',
    ...known,
    width,
    layers: countOf(tensors, `${name}blocks.`, '.attn.qkv.weight'),
    mlpWidth: sizeOf(tensors, `${name}blocks.0.mlp.fc1.weight`, 0),
    epsilon: 1e-6,
    imageSize,
    channels: 3,
    patchSize,
    patches: Math.floor(imageSize / patchSize) ** 2,
  };
}
