/** The tensors of a published SigLIP, as transformers and timm name them. */
import type { JsonObject } from '../input-file.ts';
import { patchesOf, textSizes, visionSizes } from './clip-sizes.ts';
import type { SiglipTrunkSizes } from './openai-sizes.ts';
import { type CheckpointTensor, encoder, float, linear, norm } from './tensor-shapes.ts';

/** A `SiglipModel`'s. @param config Hugging Face's `config.json` of a `SiglipModel`. */
export function siglipTensors(config: JsonObject): readonly CheckpointTensor[] {
  const vision = visionSizes(config);
  const text = textSizes(config);
  const width = vision.hidden_size;
  const head = 'vision_model.head';
  return [
    float('logit_bias', [1]),
    float('logit_scale', [1]),
    float('text_model.embeddings.position_embedding.weight', [
      text.max_position_embeddings,
      text.hidden_size,
    ]),
    float('text_model.embeddings.token_embedding.weight', [text.vocab_size, text.hidden_size]),
    ...encoder('text_model', text),
    ...norm('text_model.final_layer_norm', text.hidden_size),
    ...linear('text_model.head', width, text.hidden_size),
    float('vision_model.embeddings.patch_embedding.bias', [width]),
    float('vision_model.embeddings.patch_embedding.weight', [
      width,
      3,
      vision.patch_size,
      vision.patch_size,
    ]),
    float('vision_model.embeddings.position_embedding.weight', [patchesOf(vision), width]),
    ...encoder('vision_model', vision),
    float(`${head}.attention.in_proj_bias`, [3 * width]),
    float(`${head}.attention.in_proj_weight`, [3 * width, width]),
    ...linear(`${head}.attention.out_proj`, width, width),
    ...norm(`${head}.layernorm`, width),
    ...linear(`${head}.mlp.fc1`, vision.intermediate_size, width),
    ...linear(`${head}.mlp.fc2`, width, vision.intermediate_size),
    float(`${head}.probe`, [1, 1, width]),
    ...norm('vision_model.post_layernorm', width),
  ];
}

/** The image tower of open_clip with one of timm's trunks. */
export function siglipTrunkTensors(sizes: SiglipTrunkSizes): CheckpointTensor[] {
  const { width, layers, mlpWidth, patchSize, imageSize } = sizes;
  const trunk = 'visual.trunk';
  const pool = `${trunk}.attn_pool`;
  const blocks = Array.from({ length: layers }, (_, i) => {
    const block = `${trunk}.blocks.${i}`;
    return [
      ...norm(`${block}.norm1`, width),
      ...linear(`${block}.attn.qkv`, 3 * width, width),
      ...linear(`${block}.attn.proj`, width, width),
      ...norm(`${block}.norm2`, width),
      ...linear(`${block}.mlp.fc1`, mlpWidth, width),
      ...linear(`${block}.mlp.fc2`, width, mlpWidth),
    ];
  }).flat();
  return [
    float(`${trunk}.pos_embed`, [1, Math.floor(imageSize / patchSize) ** 2, width]),
    float(`${trunk}.patch_embed.proj.weight`, [width, 3, patchSize, patchSize]),
    float(`${trunk}.patch_embed.proj.bias`, [width]),
    ...blocks,
    ...norm(`${trunk}.norm`, width),
    float(`${pool}.latent`, [1, 1, width]),
    ...linear(`${pool}.q`, width, width),
    ...linear(`${pool}.kv`, 2 * width, width),
    ...linear(`${pool}.proj`, width, width),
    ...norm(`${pool}.norm`, width),
    ...linear(`${pool}.mlp.fc1`, mlpWidth, width),
    ...linear(`${pool}.mlp.fc2`, width, mlpWidth),
  ];
}
