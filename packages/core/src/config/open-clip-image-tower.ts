import type { Fields, JsonObject } from '../json.ts';
import type { Activation, ClipConfig, ClipVisionConfig, ResNetConfig } from './clip-config.ts';
import {
  activationOf,
  checkFields,
  imageSizeOf,
  mlpWidthOf,
  normEpsilon,
  TRAINING,
} from './open-clip-fields.ts';
import { timmImageTower } from './open-clip-timm.ts';
import type { TensorShapes } from './tensor-shapes.ts';

const TRANSFORMER = {
  known: [
    'image_size',
    'layers',
    'width',
    'head_width',
    'mlp_ratio',
    'patch_size',
    'norm_kwargs',
    'act_kwargs',
  ],
  // Read by towers of timm alone, or by attentional pools, which are refused.
  ignored: [
    ...TRAINING,
    ...['timm_pool', 'timm_proj', 'timm_proj_bias', 'attn_pooler_queries', 'attn_pooler_heads'],
  ],
  only: { pool_type: 'tok', pos_embed_type: 'learnable', block_type: 'default' },
} as const;

const RESNET = {
  known: ['image_size', 'layers', 'width', 'head_width'],
  ignored: [...TRAINING, 'patch_size', 'mlp_ratio', 'timm_pool', 'timm_proj', 'timm_proj_bias'],
  only: { pool_type: 'tok', pos_embed_type: 'learnable' },
} as const;

/** Stages of a ResNet. */
const STAGES = 4;
/** A ResNet's pixels to one of its places. */
const RESNET_STRIDE = 32;

/**
 * The image tower of `vision_cfg`: a trunk of timm's where one is named, OpenAI's ResNet where there is a list of
 * layers, else a Vision Transformer.
 *
 * @param quickGelu whether that is the activation of all towers that state none.
 */
export function openClipImageTower(
  fields: Fields,
  json: JsonObject,
  tensors: TensorShapes,
  quickGelu: boolean,
): ClipConfig['vision'] {
  if (fields.has('timm_model_name')) return timmImageTower(fields, json, tensors);
  if (Array.isArray(fields.raw('layers'))) {
    checkFields(fields, json, RESNET);
    return resNet(fields);
  }
  checkFields(fields, json, TRANSFORMER);
  return visionTransformer(fields, activationOf(fields, quickGelu));
}

function visionTransformer(fields: Fields, activation: Activation): ClipVisionConfig {
  const width = fields.positiveInteger('width', 768);
  const imageSize = imageSizeOf(fields);
  const patchSize = fields.positiveInteger('patch_size', 16, imageSize);
  return {
    tower: 'clip',
    width,
    heads: headsOf(fields, width),
    layers: fields.positiveInteger('layers', 12, 1024),
    mlpWidth: mlpWidthOf(fields, width),
    activation,
    epsilon: normEpsilon(fields),
    imageSize,
    channels: 3,
    patchSize,
    patches: Math.floor(imageSize / patchSize) ** 2,
  };
}

function resNet(fields: Fields): ResNetConfig {
  const width = fields.positiveInteger('width', 64);
  const imageSize = imageSizeOf(fields);
  if (imageSize % RESNET_STRIDE !== 0) {
    throw fields.unexpected('image_size', `a multiple of ${RESNET_STRIDE}`);
  }
  const blocks = fields.raw('layers') as readonly unknown[];
  const isCount = (value: unknown) => Number.isInteger(value) && Number(value) > 0;
  if (blocks.length !== STAGES || !blocks.every(isCount)) {
    throw fields.unexpected('layers', `a whole number, or ${STAGES} of them`);
  }
  return {
    tower: 'resnet',
    imageSize,
    channels: 3,
    width,
    blocks: blocks.map(Number),
    heads: headsOf(fields, width * RESNET_STRIDE),
  };
}

function headsOf(fields: Fields, width: number): number {
  const headWidth = fields.positiveInteger('head_width', 64);
  if (width % headWidth !== 0) throw fields.unexpected('head_width', `a divisor of ${width}`);
  return width / headWidth;
}
