/** How transformers names the parts of an encoder's layer, and the layers. */
export const BLOCKS: readonly (readonly [ours: string, theirs: string])[] = [
  ['.norm1.', '.layer_norm1.'],
  ['.norm2.', '.layer_norm2.'],
  ['.attention.query.', '.self_attn.q_proj.'],
  ['.attention.key.', '.self_attn.k_proj.'],
  ['.attention.value.', '.self_attn.v_proj.'],
  ['.attention.output.', '.self_attn.out_proj.'],
  ['.mlp.expand.', '.mlp.fc1.'],
  ['.mlp.contract.', '.mlp.fc2.'],
];

export const LAYERS = /^(?:vision|text)_model\.encoder\.layers\./;
