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
 * What an operation of a backward pass reads and is told. `Transpose` is a linear operation's Jacobian
 * transposed, and takes the gradient of its result for `x`; `Gradient` is another's, and takes what that
 * read, or gave, besides. `gelu`'s is dy · gelu′(x), for one.
 *
 * The attention of a batch has a share for each query, head and key, and a matrix of them is [Q, H·L]: that
 * of head h and the sequence's row j is in column h·L + j. What is behind a shorter sequence's last row is
 * not defined.
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
  /** Each sequence of `length` rows and one in front of them, without that one. */
  readonly prependTranspose: { readonly x: M; readonly length: number };
  /** The same, with 1 / `length` of the one in front added to each row. */
  readonly prependMeanTranspose: { readonly x: M; readonly length: number };
  /** Each row of x added to row `indices[r]` of a matrix of zeros. */
  readonly selectTranspose: { readonly x: M; readonly indices: M };
  readonly geluGradient: { readonly gradient: M; readonly x: M; readonly activation: Activation };
  /** Takes the result: where it is 0, or relu6's is 6, nothing passes. */
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
