/**
 * Attention pooling: a learned probe asks all tokens of an image, and an MLP with a residual follows.
 *
 * B images, T tokens each, D width, M width of the MLP.
 *
 * @see Lee et al. 2019, "Set Transformer", multihead attention pooling
 * @see https://github.com/google-research/big_vision/blob/main/big_vision/models/vit.py, MAPHead
 */
import type { TransformerConfig } from '../config/clip-config.ts';
import type { GraphBuilder, Tensor } from '../graph/graph.ts';
import { affine, linear, mlp } from './transformer.ts';

export interface AttentionPoolingOptions {
  readonly config: TransformerConfig;
  /** Where the images begin, [B + 1] i32. */
  readonly offsets: Tensor;
  /** For each image the row of the probe, [B] i32: 0, as there is one probe. */
  readonly probeRows: Tensor;
  /** T */
  readonly tokens: number;
}

/** @param x [B·T, D] @returns [B, D] */
export function attentionPooling(
  g: GraphBuilder,
  x: Tensor,
  name: string,
  { config, offsets, probeRows, tokens }: AttentionPoolingOptions,
): Tensor {
  const { width, heads, epsilon } = config;
  const probe = g.embed(g.parameter(`${name}.probe`, [1, 1, width]), probeRows); // [B, D]
  const query = linear(g, probe, `${name}.attention.query`, width); // [B, D]
  const key = linear(g, x, `${name}.attention.key`, width); // [B·T, D]
  const value = linear(g, x, `${name}.attention.value`, width); // [B·T, D]
  const options = { offsets, heads, causal: false, queries: 1, longest: tokens };
  const context = g.attention(query, key, value, options); // [B, D]
  const pooled = linear(g, context, `${name}.attention.output`, width);
  const norm = g.layerNorm(pooled, affine(g, `${name}.norm`, [width]), epsilon);
  return g.add(pooled, mlp(g, norm, `${name}.mlp`, config)); // [B, D]
}
