import type { BatchNorm } from './layouts/layout.ts';

/** The tensors of a batch norm, one value a channel. */
export const BATCH_NORM_TENSORS = ['weight', 'bias', 'running_mean', 'running_var'] as const;
export type BatchNormValues = Readonly<Record<(typeof BATCH_NORM_TENSORS)[number], Float32Array>>;

/**
 * Folds a batch norm, γ·(y − μ) / √(σ² + ε) + β, into what the convolution before it has from index `start` on:
 * its weight W becomes W·s with s = γ / √(σ² + ε), and its bias, β at first, becomes β − μ·s. Computed in float64.
 *
 * @param perChannel values to one channel, where these lie together; 1 where each next value is of the
 *   next channel.
 * @see Ioffe & Szegedy 2015, "Batch Normalization"
 */
export function foldBatchNorm(
  { epsilon, gives }: BatchNorm,
  values: BatchNormValues,
  { start, perChannel }: { readonly start: number; readonly perChannel: number },
  target: Float32Array,
): void {
  const { weight, running_mean: mean, running_var: variance } = values;
  for (let i = 0; i < target.length; i++) {
    const channel = Math.floor((start + i) / perChannel) % weight.length;
    const scale = weight[channel]! / Math.sqrt(variance[channel]! + epsilon);
    if (gives === 'weight') target[i]! *= scale;
    else target[i]! -= mean[channel]! * scale;
  }
}
