/** The tensors of a checkpoint's parts, as transformers names them. */
import type { TowerSizes } from './clip-sizes.ts';
import type { Recipe } from './recipe.ts';

export interface CheckpointTensor {
  readonly name: string;
  readonly dtype: 'F32' | 'I64';
  readonly shape: readonly number[];
  /** `transformers` unless given. */
  readonly recipe?: Recipe;
}

/** An encoder of transformers. */
export function encoder(tower: string, sizes: TowerSizes): CheckpointTensor[] {
  const { hidden_size: width, intermediate_size: mlpWidth } = sizes;
  return Array.from({ length: sizes.num_hidden_layers }, (_, i) => {
    const layer = `${tower}.encoder.layers.${i}`;
    return [
      ...norm(`${layer}.layer_norm1`, width),
      ...norm(`${layer}.layer_norm2`, width),
      ...linear(`${layer}.mlp.fc1`, mlpWidth, width),
      ...linear(`${layer}.mlp.fc2`, width, mlpWidth),
      ...linear(`${layer}.self_attn.k_proj`, width, width),
      ...linear(`${layer}.self_attn.out_proj`, width, width),
      ...linear(`${layer}.self_attn.q_proj`, width, width),
      ...linear(`${layer}.self_attn.v_proj`, width, width),
    ];
  }).flat();
}

export const float = (name: string, shape: readonly number[]): CheckpointTensor => ({
  name,
  dtype: 'F32',
  shape,
});

export const ids = (name: string, positions: number): CheckpointTensor => ({
  name,
  dtype: 'I64',
  shape: [1, positions],
});

export const norm = (name: string, width: number): CheckpointTensor[] => [
  float(`${name}.bias`, [width]),
  float(`${name}.weight`, [width]),
];

export const linear = (name: string, out: number, width: number): CheckpointTensor[] => [
  float(`${name}.bias`, [out]),
  float(`${name}.weight`, [out, width]),
];
