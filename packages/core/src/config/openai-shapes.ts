import { ClipError } from '../errors.ts';
import type { ClipConfig, ClipTextConfig, ClipVisionConfig, ResNetConfig } from './clip-config.ts';
import { countOf, sizeOf, type TensorShapes } from './tensor-shapes.ts';

/** Of all of OpenAI's Vision Transformers and text towers. */
const HEAD_WIDTH = 64;
const TRANSFORMER = { activation: 'quick_gelu', epsilon: 1e-5 } as const;

/**
 * The config of a model in OpenAI's own layout, whose state dict comes without one: all sizes follow from the
 * tensors' shapes.
 *
 * @throws ClipError WEIGHTS_MISMATCH for shapes that are not OpenAI's.
 * @see https://github.com/openai/CLIP/blob/main/clip/model.py, build_model
 */
export function openAiConfig(tensors: TensorShapes): ClipConfig {
  return {
    vision: tensors.has('visual.proj') ? visionTransformer(tensors) : resNet(tensors),
    text: textConfig(tensors),
    embeddingWidth: sizeOf(tensors, 'text_projection', 1),
    loss: 'softmax',
  };
}

function visionTransformer(tensors: TensorShapes): ClipVisionConfig {
  const patchSize = sizeOf(tensors, 'visual.conv1.weight', 3);
  const side = squareRoot(tensors, 'visual.positional_embedding');
  return {
    tower: 'clip',
    ...transformer(tensors, 'visual.transformer', sizeOf(tensors, 'visual.conv1.weight', 0)),
    imageSize: side * patchSize,
    channels: 3,
    patchSize,
    patches: side ** 2,
  };
}

function resNet(tensors: TensorShapes): ResNetConfig {
  const width = sizeOf(tensors, 'visual.layer1.0.conv1.weight', 0);
  return {
    tower: 'resnet',
    imageSize: 32 * squareRoot(tensors, 'visual.attnpool.positional_embedding'),
    channels: 3,
    width,
    blocks: [1, 2, 3, 4].map((stage) => countOf(tensors, `visual.layer${stage}.`, '.conv1.weight')),
    heads: (width * 32) / HEAD_WIDTH,
  };
}

function textConfig(tensors: TensorShapes): ClipTextConfig {
  return {
    tower: 'clip',
    ...transformer(tensors, 'transformer', sizeOf(tensors, 'ln_final.weight', 0)),
    vocabularySize: sizeOf(tensors, 'token_embedding.weight', 0),
    contextLength: sizeOf(tensors, 'positional_embedding', 0),
    endToken: 'highest',
  };
}

function transformer(tensors: TensorShapes, name: string, width: number) {
  const blocks = `${name}.resblocks.`;
  if (width % HEAD_WIDTH !== 0) {
    throw new ClipError(
      'WEIGHTS_MISMATCH',
      `expected ${name} with a width in heads of ${HEAD_WIDTH}, got ${width}`,
    );
  }
  return {
    ...TRANSFORMER,
    width,
    heads: width / HEAD_WIDTH,
    layers: countOf(tensors, blocks, '.attn.in_proj_weight'),
    mlpWidth: sizeOf(tensors, `${blocks}0.mlp.c_fc.weight`, 0),
  };
}

/** Of the positions but that of the class token, or of the mean. */
function squareRoot(tensors: TensorShapes, name: string): number {
  const positions = sizeOf(tensors, name, 0) - 1;
  const side = Math.round(Math.sqrt(positions));
  if (side > 0 && side ** 2 === positions) return side;
  throw new ClipError(
    'WEIGHTS_MISMATCH',
    `expected tensor ${name} with a square number of rows and one more, got ${positions + 1}`,
  );
}
