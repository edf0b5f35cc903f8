import type { Activation } from '../config/clip-config.ts';
import type { ImageWindow, Rectifier } from './forward-operands.ts';

/** How heads attend in a batch of sequences; see `attention` of `ForwardOperands`. None is causal. */
export interface Attending<M> {
  readonly offsets: M;
  readonly heads: number;
  readonly queries: number | undefined;
  /** L, the most rows of a sequence. */
  readonly longest: number;
}

/**
 * What an operation of a backward pass reads and is told. Those named `…Transpose` multiply by the transposed
 * Jacobian of a linear operation; their `x` is the gradient by its result. Those named `…Gradient` do so for an
 * operation that is not linear, and also read its input or its result: `geluGradient` is gradient · gelu′(x).
 *
 * Shares are the attention weights of each query, head and key as a matrix [Q, H·L]: column h·L + j is head h and
 * row j of the query's sequence. Columns past the end of a shorter sequence are not defined.
 */
export interface GradientOperands<M, W> {
  /** x·W + residual, for x [R, out] and W [out, in]. Graphs have no residual. */
  readonly linearTranspose: { readonly x: M; readonly weight: W; readonly residual: M | undefined };
  /** [B·P, C·p·p] → [B, C·S·S]; pixels of no patch get 0. */
  readonly patchesTranspose: {
    readonly x: M;
    readonly channels: number;
    readonly imageSize: number;
    readonly patchSize: number;
  };
  /** col2im: [B·G·G, k·k·C] → [B·H·H, C], the sum of what the windows have for each pixel. */
  readonly windowsTranspose: { readonly x: M; readonly window: ImageWindow };
  /** [B·G·G, C] → [B·H·H, C], with W [k·k, C]. */
  readonly depthwiseTranspose: { readonly x: M; readonly weight: W; readonly window: ImageWindow };
  /** [B·⌊H/k⌋², C] → [B·H·H, C]; pixels of no square get 0. */
  readonly averagePoolTranspose: { readonly x: M; readonly side: number; readonly kernel: number };
  /** Sequences of `length` rows with one in front of them, without that one. */
  readonly prependTranspose: { readonly x: M; readonly length: number };
  /** The same, with 1 / `length` of the row in front added to each. */
  readonly prependMeanTranspose: { readonly x: M; readonly length: number };
  /** Each row of x added to row `indices[r]` of a matrix of zeros. */
  readonly selectTranspose: { readonly x: M; readonly indices: M };
  readonly geluGradient: { readonly gradient: M; readonly x: M; readonly activation: Activation };
  /** Reads the result y: nothing passes where y is 0, or 6 for relu6. */
  readonly reluGradient: { readonly gradient: M; readonly y: M; readonly activation: Rectifier };
  readonly layerNormGradient: {
    readonly gradient: M;
    readonly x: M;
    readonly weight: W;
    readonly epsilon: number;
  };
  readonly l2NormalizeGradient: { readonly gradient: M; readonly x: M };
  /** softmax(q·kᵀ / sqrt(d)) by head: the shares. */
  readonly attentionWeights: Attending<M> & { readonly query: M; readonly key: M };
  /** The gradient of the scores q·kᵀ, from that of the result, as shares. */
  readonly attentionScoreGradient: Attending<M> & {
    readonly gradient: M;
    readonly shares: M;
    readonly value: M;
  };
  /** Σⱼ shares[i, j] · x[j] by head: a row for each query. */
  readonly attentionMix: Attending<M> & { readonly shares: M; readonly x: M };
  /** Σᵢ shares[i, j] · x[i] by head: a row for each key. */
  readonly attentionMixTranspose: Attending<M> & { readonly x: M; readonly shares: M };
}
