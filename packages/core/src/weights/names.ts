/**
 * Our parameter names and those of Hugging Face's `CLIPModel` state dict, the one place that knows
 * the checkpoint's spellings (`pre_layrnorm` among them).
 */
const EXACT: ReadonlyMap<string, string> = new Map([
  ['logitScale', 'logit_scale'],
  ['vision.classEmbedding', 'vision_model.embeddings.class_embedding'],
  ['vision.patchEmbedding', 'vision_model.embeddings.patch_embedding.weight'],
  ['vision.positionEmbedding', 'vision_model.embeddings.position_embedding.weight'],
  ['vision.projection', 'visual_projection.weight'],
  ['text.tokenEmbedding', 'text_model.embeddings.token_embedding.weight'],
  ['text.positionEmbedding', 'text_model.embeddings.position_embedding.weight'],
  ['text.projection', 'text_projection.weight'],
]);

const PREFIXES: readonly (readonly [string, string])[] = [
  ['vision.preNorm.', 'vision_model.pre_layrnorm.'],
  ['vision.postNorm.', 'vision_model.post_layernorm.'],
  ['vision.blocks.', 'vision_model.encoder.layers.'],
  ['text.finalNorm.', 'text_model.final_layer_norm.'],
  ['text.blocks.', 'text_model.encoder.layers.'],
];

const IN_BLOCK: readonly (readonly [string, string])[] = [
  ['.norm1.', '.layer_norm1.'],
  ['.norm2.', '.layer_norm2.'],
  ['.attention.query.', '.self_attn.q_proj.'],
  ['.attention.key.', '.self_attn.k_proj.'],
  ['.attention.value.', '.self_attn.v_proj.'],
  ['.attention.output.', '.self_attn.out_proj.'],
  ['.mlp.expand.', '.mlp.fc1.'],
  ['.mlp.contract.', '.mlp.fc2.'],
];

/** `vision.blocks.0.norm1.weight` → `vision_model.encoder.layers.0.layer_norm1.weight` */
export function checkpointName(name: string): string {
  const exact = EXACT.get(name);
  if (exact !== undefined) return exact;
  const prefix = PREFIXES.find(([ours]) => name.startsWith(ours));
  if (prefix === undefined) throw new Error(`parameter ${name} has no name in a checkpoint`);
  const renamed = prefix[1] + name.slice(prefix[0].length);
  const block = IN_BLOCK.find(([ours]) => renamed.includes(ours));
  return block === undefined ? renamed : renamed.replace(block[0], block[1]);
}
