/** The tensors of a checkpoint in OpenAI's layout. */

import type { JsonObject } from '../input-file.ts';
import { type OpenAiSizes, openAiSizes, type ResNetSizes } from './openai-sizes.ts';
import { siglipTrunkTensors } from './siglip-tensors.ts';
import { type CheckpointTensor, float, linear, norm } from './tensor-shapes.ts';

/** Channels of a ResNet block's result for each of its inner ones. */
const EXPANSION = 4;
/** A ResNet's pixels to one of its places. */
const RESNET_STRIDE = 32;

/** @param config `open_clip_config.json`, or the arguments of OpenAI's `CLIP`. */
export function openAiTensors(config: JsonObject): readonly CheckpointTensor[] {
  const { embeddingWidth, hasLogitBias, vision, text } = openAiSizes(config);
  // What open_clip calls custom_text.
  const prefix = text.isSiglip ? 'text.' : '';
  const tensors = [
    float('logit_scale', []),
    ...(hasLogitBias ? [float('logit_bias', [])] : []),
    float(`${prefix}positional_embedding`, [text.contextLength, text.width]),
    ...(text.isSiglip
      ? linear(`${prefix}text_projection`, embeddingWidth, text.width)
      : [float('text_projection', [text.width, embeddingWidth])]),
    float(`${prefix}token_embedding.weight`, [text.vocabularySize, text.width]),
    ...norm(`${prefix}ln_final`, text.width),
    ...blocks(`${prefix}transformer`, text),
    ...imageTower(vision, embeddingWidth),
  ];
  const recipe = vision.kind === 'resnet' ? 'openai-resnet' : 'openai';
  return tensors.map((tensor) => ({ ...tensor, recipe }));
}

function imageTower(vision: OpenAiSizes['vision'], embeddingWidth: number): CheckpointTensor[] {
  switch (vision.kind) {
    case 'resnet':
      return resNet(vision, embeddingWidth);
    case 'transformer':
      return visionTransformer(vision, embeddingWidth);
    case 'siglip-trunk':
      return siglipTrunkTensors(vision);
  }
}

function visionTransformer(
  vision: Extract<OpenAiSizes['vision'], { kind: 'transformer' }>,
  embeddingWidth: number,
): CheckpointTensor[] {
  const { width, patchSize, imageSize } = vision;
  const tokens = Math.floor(imageSize / patchSize) ** 2 + 1;
  return [
    float('visual.class_embedding', [width]),
    float('visual.conv1.weight', [width, 3, patchSize, patchSize]),
    float('visual.positional_embedding', [tokens, width]),
    float('visual.proj', [width, embeddingWidth]),
    ...norm('visual.ln_pre', width),
    ...norm('visual.ln_post', width),
    ...blocks('visual.transformer', vision),
  ];
}

function blocks(
  name: string,
  { width, layers, mlpWidth }: Pick<OpenAiSizes['text'], 'width' | 'layers' | 'mlpWidth'>,
): CheckpointTensor[] {
  return Array.from({ length: layers }, (_, i) => {
    const block = `${name}.resblocks.${i}`;
    return [
      float(`${block}.attn.in_proj_weight`, [3 * width, width]),
      float(`${block}.attn.in_proj_bias`, [3 * width]),
      ...linear(`${block}.attn.out_proj`, width, width),
      ...norm(`${block}.ln_1`, width),
      ...norm(`${block}.ln_2`, width),
      ...linear(`${block}.mlp.c_fc`, mlpWidth, width),
      ...linear(`${block}.mlp.c_proj`, width, mlpWidth),
    ];
  }).flat();
}

function resNet({ width, blocks: counts, imageSize }: ResNetSizes, embeddingWidth: number) {
  const tensors: CheckpointTensor[] = [];
  const convolution = (conv: string, bn: string, shape: readonly [number, number, number]) => {
    const [out, channels, kernel] = shape;
    tensors.push(float(`visual.${conv}.weight`, [out, channels, kernel, kernel]));
    tensors.push(...batchNorm(`visual.${bn}`, out));
  };
  convolution('conv1', 'bn1', [width / 2, 3, 3]);
  convolution('conv2', 'bn2', [width / 2, width / 2, 3]);
  convolution('conv3', 'bn3', [width, width / 2, 3]);
  let channels = width;
  for (const [stage, count] of counts.entries()) {
    const inner = width * 2 ** stage;
    for (let i = 0; i < count; i++) {
      const block = `layer${stage + 1}.${i}`;
      convolution(`${block}.conv1`, `${block}.bn1`, [inner, channels, 1]);
      convolution(`${block}.conv2`, `${block}.bn2`, [inner, inner, 3]);
      convolution(`${block}.conv3`, `${block}.bn3`, [inner * EXPANSION, inner, 1]);
      if (i === 0) {
        const shape = [inner * EXPANSION, channels, 1] as const;
        convolution(`${block}.downsample.0`, `${block}.downsample.1`, shape);
      }
      channels = inner * EXPANSION;
    }
  }
  const places = (imageSize / RESNET_STRIDE) ** 2;
  const pool = 'visual.attnpool';
  tensors.push(
    float(`${pool}.positional_embedding`, [places + 1, channels]),
    ...['q_proj', 'k_proj', 'v_proj'].flatMap((part) =>
      linear(`${pool}.${part}`, channels, channels),
    ),
    ...linear(`${pool}.c_proj`, embeddingWidth, channels),
  );
  return tensors;
}

const batchNorm = (name: string, channels: number): CheckpointTensor[] => [
  ...norm(name, channels),
  float(`${name}.running_mean`, [channels]),
  float(`${name}.running_var`, [channels]),
  { name: `${name}.num_batches_tracked`, dtype: 'I64', shape: [] },
];
